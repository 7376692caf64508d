#!/usr/bin/env bash
# Appends and PINGs per second, and their 99th percentile, of SierraDB beside Redis on the same disk, both
# with every append synced before its answer. The two take turns, PAIRS times.
#
#   bench/compare-redis.sh
#   PAIRS=1 REQUESTS=10000 bench/compare-redis.sh
#
# Also: CLIENTS, STREAMS, BENCH_DIR (the disk), SIERRADB (the launcher), SIERRA_PORT, REDIS_PORT.
# Needs redis-server and redis-benchmark 7. Nothing else should run on the machine.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
pairs=${PAIRS:-5}
requests=${REQUESTS:-200000}
clients=${CLIENTS:-50}
streams=${STREAMS:-10000}
payload=$(printf '%0128d' 0)

xadd=(XADD stream:__rand_int__ '*' n UserCreated p "$payload")
eappend=(EAPPEND stream:__rand_int__ UserCreated PAYLOAD "$payload")

run() { # test, port, command
  local port=$2
  local options=(-c "$clients" -r "$streams")
  case $1 in
    append) options+=(-n "$requests") ;;
    append-16) options+=(-n $((2 * requests)) -P 16) ;;
    ping-16) options+=(-n $((5 * requests)) -P 16) ;;
  esac
  shift 2
  measure "$port" "${options[@]}" "$@"
}

run_redis() { # test
  case $1 in
    ping-16) run "$1" "$redis_port" PING ;;
    *) run "$1" "$redis_port" "${xadd[@]}" ;;
  esac
}

run_sierradb() { # test
  case $1 in
    ping-16) run "$1" "$sierra_port" PING ;;
    *) run "$1" "$sierra_port" "${eappend[@]}" ;;
  esac
}

record() { # server, test, pair
  local result
  result=$("run_$1" "$2")
  echo "$result" >>"$work/$1.$2"
  echo "$2 $3/$pairs $1: $result" >&2
}

# The one that goes first changes, because what the first leaves to the disk is paid by the second.
run_pairs() { # test
  local pair order
  for pair in $(seq "$pairs"); do
    order=(redis sierradb)
    [ $((pair % 2)) = 1 ] || order=(sierradb redis)
    for server in "${order[@]}"; do record "$server" "$1" "$pair"; done
  done
}

column() { # server, test, column
  cut -d ' ' -f "$3" "$work/$1.$2" | median
}

row() { # test, title
  local ratios
  ratios=$(paste -d ' ' "$work/sierradb.$1" "$work/redis.$1" | awk '{ print $1 / $4 }' | sort -g)
  printf '| %s | %.0f/s | %.0f/s | %.2f | %.2f to %.2f | %.2f ms | %.2f ms |\n' "$2" \
    "$(column redis "$1" 1)" "$(column sierradb "$1" 1)" \
    "$(awk -v a="$(column sierradb "$1" 1)" -v b="$(column redis "$1" 1)" 'BEGIN { print a / b }')" \
    "$(head -n 1 <<<"$ratios")" "$(tail -n 1 <<<"$ratios")" \
    "$(column redis "$1" 3)" "$(column sierradb "$1" 3)"
}

require redis-server redis-benchmark redis-cli awk
make_work_directory
start_redis
start_sierradb

for test in append append-16 ping-16; do
  echo "warming up: $test" >&2
  for server in redis sierradb; do "run_$server" "$test" >/dev/null; done
done
for test in append append-16 ping-16; do run_pairs "$test"; done

describe_machine
echo "redis:   $(redis-server --version)"
echo "command: redis-benchmark -c $clients -r $streams -n $requests, 128 bytes of payload;"
echo "         XADD stream:__rand_int__ * n UserCreated p <payload>"
echo "         EAPPEND stream:__rand_int__ UserCreated PAYLOAD <payload>"
echo
echo "Medians of $pairs pairs; every append synced before its answer."
echo
echo "| | Redis | SierraDB | SierraDB/Redis | of the pairs | p99 Redis | p99 SierraDB |"
echo "|---|---:|---:|---:|---:|---:|---:|"
row append "append"
row append-16 "append, -P 16"
row ping-16 "PING, -P 16"
