#!/usr/bin/env bash
# What one client feels: the time of one durable append beside the time of one bare fdatasync of 4 KiB on the
# same disk, in turns; then how fast pages of a stream and single events are read.
#
#   bench/single.sh
#   ROUNDS=1 APPENDS=500 READS=2000 bench/single.sh
#
# Also: BENCH_DIR (the disk), SIERRADB (the launcher), SIERRA_PORT. Needs redis-benchmark 7 and a JDK.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-5}
appends=${APPENDS:-5000}
reads=${READS:-20000}
events=10000
payload=$(printf '%0128d' 0)

append_one_by_one() {
  measure "$sierra_port" -c 1 -n "$appends" EAPPEND single UserCreated PAYLOAD "$payload"
}

fdatasync() {
  "$java" "$root/bench/Fdatasync.java" "$work" "$appends"
}

p50s() { # file, column
  cut -d ' ' -f "$2" "$work/$1" | median
}

compare_with_fdatasync() {
  append_one_by_one >/dev/null
  for round in $(seq "$rounds"); do
    fdatasync >>"$work/fdatasync"
    append_one_by_one >>"$work/append"
    echo "round $round/$rounds: fdatasync $(tail -n 1 "$work/fdatasync"), append $(tail -n 1 "$work/append")" >&2
  done
  local append overwrite grow
  append=$(p50s append 2)
  overwrite=$(p50s fdatasync 1)
  grow=$(p50s fdatasync 2)
  echo "| one append at a time, p50 | $append ms |"
  echo "| fdatasync of 4 KiB written over, p50 | $overwrite ms |"
  echo "| fdatasync of 4 KiB at the end of a growing file, p50 | $grow ms |"
  awk -v a="$append" -v o="$overwrite" -v g="$grow" 'BEGIN {
    printf "| append / fdatasync | %.2f over, %.2f growing |\n", a / o, a / g }'
}

# Median of the rounds, after one to warm up.
requests_per_second() { # arguments of redis-benchmark
  measure "$sierra_port" "$@" >/dev/null
  for _ in $(seq "$rounds"); do measure "$sierra_port" "$@" | cut -d ' ' -f 1; done | median
}

scan() { # connections, events per page
  local start=$(((events - $2) / 2)) pages
  require_full_page "$2" pages "$start" + COUNT "$2"
  pages=$(requests_per_second -c "$1" -n $((reads * 10 / $2)) ESCAN pages "$start" + COUNT "$2")
  awk -v c="$1" -v n="$2" -v p="$pages" 'BEGIN {
    printf "| ESCAN, pages of %d, %d connections | %.0f events/s |\n", n, c, n * p }'
}

get() { # connections, pipelined requests
  local rate
  rate=$(requests_per_second -c "$1" -n "$reads" -P "$2" EGET "$event_id")
  printf '| EGET, %d connections, -P %d | %.0f/s |\n' "$1" "$2" "$rate"
}

require redis-benchmark redis-cli awk
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
make_work_directory
start_sierradb

measure "$sierra_port" -c 50 -P 16 -n "$events" EAPPEND pages UserCreated PAYLOAD "$payload" >/dev/null
event_id=$(redis-cli -p "$sierra_port" ESCAN pages 5000 + COUNT 1 | grep -A 1 '^event_id$' | tail -n 1)
[ -n "$event_id" ] || { echo "the prepared stream cannot be read" >&2 && exit 1; }

table=$(
  compare_with_fdatasync
  for connections in 1 50; do
    scan "$connections" 100
    scan "$connections" 1000
  done
  get 1 1
  get 50 1
  get 50 16
)

describe_machine
echo "command: redis-benchmark; medians of $rounds rounds, 128 bytes of payload, a stream of $events events"
echo
echo "| | |"
echo "|---|---:|"
echo "$table"
