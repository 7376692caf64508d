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
# The servers of a table run side by side and are asked in turns, so that a machine whose speed changes does not change what is compared.
#
# Their files are kept in memory: some systems take back what no program has mapped, however much memory is free.
#
# Also: IN_FLIGHT (requests under way, 256; 1 for what one client waits for), READS and APPENDS for each round, ROUNDS, STARTS, STORES (where the stores are kept for the next
# time, and found), BENCH_DIR (the disk; 10 GB), SIERRADB (the launcher), SIERRA_PORT. Needs redis-cli and a JDK.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
read -ra event_counts <<<"${EVENTS:-100000 1000000 20000000}"
read -ra segment_counts <<<"${SEGMENTS:-1 10 100 1000}"
reads=${READS:-40000}
appends=${APPENDS:-10000}
rounds=${ROUNDS:-15}
starts=${STARTS:-3}
store=

# Sets store to a directory; the number of its events is in a file beside it. Of the stores that an earlier run has left
# only large ones are taken: what was appended to a small one makes it another.
fill() { # name, arguments of size-fill
  store=$stores/$1
  shift
  [ -s "$store.events" ] && [ "$(cat "$store.events")" -ge 1000000 ] && return
  rm -rf "$store"
  load size-fill --dir "$store" "$@" >"$store.tmp" 2>"$store.err"
  mv "$store.tmp" "$store.events"
}

# Serves stores side by side, asks them for each kind of thing, and prints a table; then appends that are synced.
# Leaves figures of memory in files that are named like the columns.
compare() { # name of the stores, columns
  local name=$1 column
  shift
  serve_all os "$name" "$@"
  load size "${stores_to_ask[@]}" "${load_options[@]}" >"$work/rows"
  for column in "$@"; do
    sierra_port=${port_of[$column]} memory "${server_of[$column]}" >"$work/memory.$column"
  done
  stop_all "$@"
  serve_all always "$name" "$@"
  load size "${stores_to_ask[@]}" "${load_options[@]}" --only append | sed 's/^/durable /' >>"$work/rows"
  stop_all "$@"
  table "$@" <"$work/rows"
}

declare -A port_of server_of

serve_all() { # sync policy, name of the stores, columns
  local policy=$1 name=$2 column port=$sierra_port
  shift 2
  stores_to_ask=()
  for column in "$@"; do
    store=$stores/$name-$column
    sierra_port=$port SIERRA_SYNC_POLICY=$policy serve "$store"
    port_of[$column]=$port
    server_of[$column]=$server
    stores_to_ask+=(--store "$port:$(cat "$store.events")" --hold "$store")
    port=$((port + 1))
  done
}

stop_all() { # columns
  local column
  for column in "$@"; do
    server=${server_of[$column]}
    stop
  done
}

memory() { # process
  redis-cli -p "$sierra_port" INFO everything | tr -d '\r' | grep -E '^(heap_used|used_memory_rss|direct_used|mapped_files.*|open_file_descriptors):' || true
  echo "lines of /proc/PID/maps: $(wc -l <"/proc/$1/maps")"
}

table() { # columns
  printf '| requests/s'
  printf ' | %s' "$@"
  printf ' | last/first |\n|---'
  for _ in "$@" last; do printf '|---:'; done
  echo '|'
  awk -F'|' '{ printf "| %s", $1; for (i = 2; i <= NF; i++) printf " | %s", $i; printf " | %.2f |\n", $NF / $2 }'
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
load_options=(--reads "$reads" --appends "$appends" --rounds "$rounds" --in-flight "${IN_FLIGHT:-256}")
for count in "${segment_counts[@]}"; do
  fill "segments-$count" --segments "$count" --segment-bytes 1048576
done
echo "Sealed segments of 1 MiB:"
echo
SIERRA_SEGMENT_SIZE_BYTES=1MB compare segments "${segment_counts[@]}"
echo
cat "$work/memory.${segment_counts[-1]}"
echo
for count in "${event_counts[@]}"; do
  fill "events-$count" --events "$count"
done
echo "Events, four in each stream:"
echo
compare events "${event_counts[@]}"
for count in "${event_counts[@]}"; do
  store=$stores/events-$count
  echo
  echo "$count events:"
  cat "$work/memory.$count"
  echo "PING answered, milliseconds from the start: $(starts_after KILL) after SIGKILL, $(starts_after TERM) after a clean stop"
done
