#!/usr/bin/env bash
# What requests cost as a store grows: requests/s at 1, 10, 100 and 1,000 sealed segments of 1 MiB in a bucket, and
# from 100,000 events in 25,000 streams to 20,000,000 in 5,000,000. Then what the server holds in memory, how many
# files it has mapped, and how long it takes to answer a PING after SIGKILL and after a clean stop.
#
#   bench/size.sh
#   EVENTS="100000 1000000" SEGMENTS="1 100" bench/size.sh
#
# Also: IN_FLIGHT (requests under way, 256; 1 for what one client waits for), SYNC (os, so that the engine is measured
# and not the disk; always), READS and APPENDS for each round, STARTS, STORES (where the stores are kept for the next
# time, and found), BENCH_DIR (the disk; 10 GB), SIERRADB (the launcher), SIERRA_PORT. Needs redis-cli and a JDK.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
read -ra event_counts <<<"${EVENTS:-100000 1000000 20000000}"
read -ra segment_counts <<<"${SEGMENTS:-1 10 100 1000}"
reads=${READS:-20000}
appends=${APPENDS:-4000}
starts=${STARTS:-3}
export SIERRA_SYNC_POLICY=${SYNC:-os}
store=

# Sets store to a directory; the number of its events is in a file beside it.
fill() { # name, arguments of size-fill
  store=$stores/$1
  shift
  [ -s "$store.events" ] && return
  rm -rf "$store"
  load size-fill --dir "$store" "$@" >"$store.tmp" 2>"$store.err"
  mv "$store.tmp" "$store.events"
}

# Rounds before those that count grow with the store: each block of an index is verified when it is first used.
measure_store() { # column
  local events
  events=$(cat "$store.events")
  load size --port "$sierra_port" --events "$events" --reads "$reads" --appends "$appends" \
    --in-flight "${IN_FLIGHT:-256}" --warm-up $((3 + events / 2000000)) >"$work/column.$1"
}

memory() {
  redis-cli -p "$sierra_port" INFO everything | tr -d '\r' | grep -E '^(heap_used|used_memory_rss|direct_used|mapped_files.*|open_file_descriptors):' || true
  echo "lines of /proc/PID/maps: $(wc -l <"/proc/$(info process_id)/maps")"
}

table() { # columns
  local name column
  printf '| requests/s'
  printf ' | %s' "$@"
  printf ' | last/first |\n|---'
  for _ in "$@" last; do printf '|---:'; done
  echo '|'
  while IFS='|' read -r name _; do
    printf '| %s' "$name"
    local first= last=
    for column in "$@"; do
      last=$(grep -F "$name|" "$work/column.$column" | cut -d '|' -f 2)
      first=${first:-$last}
      printf ' | %s' "$last"
    done
    awk -v f="$first" -v l="$last" 'BEGIN { printf " | %.2f |\n", l / f }'
  done <"$work/column.$1"
}

millis() {
  date +%s%3N
}

# Until a PING is answered; asked in this shell, because a process of its own takes as long as the answer.
time_start() {
  local begun pong=
  begun=$(millis)
  launch "$store"
  while [ "$pong" != "+PONG" ]; do
    pong=$({ exec 3<>"/dev/tcp/127.0.0.1/$sierra_port" && printf 'PING\r\n' >&3 && read -r -t 5 pong <&3 && echo "${pong%?}"; } 2>/dev/null) || sleep 0.01
  done
  echo "$(($(millis) - begun))" >>"$work/starts"
}

starts_after() { # signal
  : >"$work/starts"
  serve "$store"
  for _ in $(seq "$starts"); do
    redis-cli -p "$sierra_port" EAPPEND before-the-end E >/dev/null
    stop "$1"
    time_start
  done
  stop
  median <"$work/starts"
}

require redis-cli awk
make_work_directory
stores=${STORES:-$work}
mkdir -p "$stores"
build_load
"$sierradb" --version >"$work/version.log"
refuse_used_port "$sierra_port"

describe_machine
echo "sync:    $SIERRA_SYNC_POLICY"
echo
for count in "${segment_counts[@]}"; do
  fill "segments-$count" --segments "$count" --segment-bytes 1048576
  SIERRA_SEGMENT_SIZE_BYTES=1MB serve "$store"
  measure_store "$count"
  memory >"$work/memory.$count"
  stop
done
echo "Sealed segments of 1 MiB:"
echo
table "${segment_counts[@]}"
echo
cat "$work/memory.${segment_counts[-1]}"
echo
for count in "${event_counts[@]}"; do
  fill "events-$count" --events "$count"
  serve "$store"
  measure_store "$count"
  memory >"$work/memory.$count"
  stop
done
echo "Events, four in each stream:"
echo
table "${event_counts[@]}"
for count in "${event_counts[@]}"; do
  store=$stores/events-$count
  echo
  echo "$count events:"
  cat "$work/memory.$count"
  echo "PING answered, milliseconds from the start: $(starts_after KILL) after SIGKILL, $(starts_after TERM) after a clean stop"
done
