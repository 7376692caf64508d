#!/usr/bin/env bash
# Subscriptions: how fast one catches up with history, beside the same events read from Redis Streams in pages
# of 1,000, in turns; then how long after an append its push arrives, and what many subscribers cost.
#
#   bench/subscriptions.sh
#   EVENTS=200000 ROUNDS=1 SECONDS_EACH=2 bench/subscriptions.sh
#
# Also: BENCH_DIR (the disk), SIERRADB (the launcher), SIERRA_PORT, REDIS_PORT. Needs redis-server 7 and a JDK.
# Redis keeps the events in memory, about 350 bytes for each.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
events=${EVENTS:-5000000}
rounds=${ROUNDS:-3}
seconds_each=${SECONDS_EACH:-10}

# Without its log: it is the reading that is measured.
start_redis_in_memory() {
  refuse_used_port "$redis_port"
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work" --save "" >"$work/redis.log" 2>&1 &
  pids+=($!)
  await_ping "$redis_port" $!
}

catch_up() {
  local round
  load fill --port "$sierra_port" --events "$events" >&2
  load redis-fill --port "$redis_port" --events "$events" >&2
  load follow --port "$sierra_port" --events "$events" EPSUB '*' FROM 0 WINDOW 1000000000000 >/dev/null
  for round in $(seq "$rounds"); do
    load follow --port "$sierra_port" --events "$events" EPSUB '*' FROM 0 WINDOW 1000000000000 >>"$work/epsub"
    load redis-scan --port "$redis_port" --events "$events" --with XREAD >>"$work/xread"
    load redis-scan --port "$redis_port" --events "$events" --with XRANGE >>"$work/xrange"
    echo "round $round/$rounds: EPSUB $(tail -n 1 "$work/epsub"), XREAD $(tail -n 1 "$work/xread")," \
      "XRANGE $(tail -n 1 "$work/xrange")" >&2
  done
  local name
  echo "| $events events of 256 bytes | events/s | MB/s |"
  echo "|---|---|---|"
  for name in epsub xread xrange; do
    echo "| $name | $(cut -d ' ' -f 1 "$work/$name" | median) | $(cut -d ' ' -f 3 "$work/$name" | median) |"
  done
}

latencies() {
  local rate subscribers
  for rate in 1000 10000; do
    for subscribers in 1 100; do
      load latency --port "$sierra_port" --rate "$rate" --subscribers "$subscribers" \
        --seconds "$seconds_each" --stream "latency-$rate-$subscribers"
    done
  done
}

many_subscriptions() {
  local others
  for others in 10 10000; do
    load latency --port "$sierra_port" --rate 1000 --others "$others" --seconds "$seconds_each" --stream "many-$others"
  done
}

require redis-server redis-cli awk
make_work_directory
build_load
start_sierradb
start_redis_in_memory
describe_machine
catch_up
echo
echo "microseconds from the append until its reply and until its push: p50 p99 p99.9"
latencies
many_subscriptions
