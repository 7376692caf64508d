#!/usr/bin/env bash
# What requests cost as a store grows: requests/s at 1, 10, 100 and 1,000 sealed segments of 1 MiB in a bucket, and
# from 100,000 events in 25,000 streams to 20,000,000 in 5,000,000. Then what the server holds in memory, how many
# files it has mapped, and how long it takes to answer a PING after SIGKILL and after a clean stop.
#
#   bench/size.sh
#   EVENTS="100000 1000000" SEGMENTS="1 100" bench/size.sh
#
# The engine is measured and not the disk: sync.policy is os, but for the rows that say durable.
#
# Also: IN_FLIGHT (requests under way, 256; 1 for what one client waits for), READS and APPENDS for each round, STARTS, STORES (where the stores are kept for the next
# time, and found), BENCH_DIR (the disk; 10 GB), SIERRADB (the launcher), SIERRA_PORT. Needs redis-cli and a JDK.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
read -ra event_counts <<<"${EVENTS:-100000 1000000 20000000}"
read -ra segment_counts <<<"${SEGMENTS:-1 10 100 1000}"
reads=${READS:-100000}
appends=${APPENDS:-5000}
starts=${STARTS:-3}
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

# Asks the server for each kind of thing, and one that syncs for appends, too. Leaves the first one's figures of
# memory, and no server.
measure_store() { # column
  serve_with os
  load_size >"$work/column.$1"
  memory >"$work/memory.$1"
  stop
  serve_with always
  load_size --only append | sed 's/^/durable /' >>"$work/column.$1"
  stop
}

serve_with() { # sync policy
  SIERRA_SYNC_POLICY=$1 serve "$store"
}

load_size() { # options
  load size --port "$sierra_port" --events "$(cat "$store.events")" --reads "$reads" --appends "$appends" \
    --in-flight "${IN_FLIGHT:-256}" "$@"
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
echo
for count in "${segment_counts[@]}"; do
  fill "segments-$count" --segments "$count" --segment-bytes 1048576
  SIERRA_SEGMENT_SIZE_BYTES=1MB measure_store "$count"
done
echo "Sealed segments of 1 MiB:"
echo
table "${segment_counts[@]}"
echo
cat "$work/memory.${segment_counts[-1]}"
echo
for count in "${event_counts[@]}"; do
  fill "events-$count" --events "$count"
  measure_store "$count"
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
