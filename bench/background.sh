#!/usr/bin/env bash
# What work in the background does to appends: times until an append is on the disk and answered, at a fixed rate over
# one connection, while segments are sealed and merged, while indexes of large segments are merged, while a scrub
# reads, and while nothing of this happens.
#
#   bench/background.sh
#   RATE=500 SECONDS_EACH=10 bench/background.sh
#
# Also: EVENTS (of the store that is merged and scrubbed), ROUNDS, BENCH_DIR (the disk; 8 GB), SIERRADB (the launcher),
# SIERRA_PORT. Needs redis-cli and a JDK.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
rate=${RATE:-1000}
seconds_each=${SECONDS_EACH:-20}
events=${EVENTS:-17000000}
rounds=${ROUNDS:-3}

segments() {
  info bucket_0 | sed 's/.*segments=\([0-9]*\).*/\1/'
}

# The first run warms the server up.
append() { # seconds, name
  load latency --port "$sierra_port" --rate "$rate" --seconds "$1" --subscribers 0 \
    --streams 5000 --payload-bytes 1000 --stream "$2-$RANDOM" | sed 's/.*reply //'
}

row() { # name, p50 p99 p99.9, what happened meanwhile
  printf '| %s | %s | %s | %s | %s |\n' "$1" $2 "$3"
}

quiet() {
  serve "$work/quiet-$1"
  append 5 warm-up >/dev/null
  row "nothing else" "$(append "$seconds_each" quiet)" "$(segments) segments"
  stop
}

sealing() {
  SIERRA_SEGMENT_SIZE_BYTES=1MB serve "$work/small-$1"
  append 5 warm-up >/dev/null
  local before
  before=$(segments)
  row "segments of 1 MB are sealed and merged" "$(append "$seconds_each" sealing)" "$(($(segments) - before)) seals"
  stop
}

# Files may go while they are looked for.
runs() {
  { find "$work/large/buckets" -path '*/runs/*' -name index.eidx 2>/dev/null || true; } | wc -l
}

# The runs are gone, so the start makes them again beside the appends; those of a server that has just started are
# slower anyhow, so that there is a row of such a one without merges.
merging() {
  rm -rf "$work"/large/buckets/*/runs
  just_started "indexes of $events events are merged, server just started"
}

just_started() { # name
  local before times
  serve "$work/large"
  before=$(runs)
  times=$(append "$seconds_each" started)
  row "$1" "$times" "$before runs before, $(runs) after"
  stop
}

scrubbing() { # bytes per second
  SIERRA_SCRUB_BYTES_PER_SECOND=$1 serve "$work/large"
  append 5 warm-up >/dev/null
  local times
  times=$(append "$seconds_each" scrubbing)
  row "a scrub reads $1 a second" "$times" "$(info scrub_read_bytes) bytes read"
  stop
}

require redis-cli awk
make_work_directory
build_load
"$sierradb" --version >"$work/version.log"
refuse_used_port "$sierra_port"
load size-fill --dir "$work/large" --events "$events" >/dev/null

describe_machine
echo
echo "| durable appends of 1,000 bytes, $rate/s, while | p50 µs | p99 µs | p99.9 µs | |"
echo "|---|---:|---:|---:|---|"
for round in $(seq "$rounds"); do
  quiet "$round"
  sealing "$round"
  merging
  just_started "nothing else, server just started"
  scrubbing 4MB
  scrubbing 50MB
done
