#!/bin/sh
# Counts all events by name with nothing but redis-cli (7.0 or newer) and awk. Where it has got to is in one file
# with the counts, so it can be killed at any time and started again.
#
#   docs/examples/count-events.sh counts.txt [port]
set -eu
state=$1
port=${2:-9090}
LC_ALL=C
export LC_ALL

partitions() {
  redis-cli -p "$port" HELLO 2 | awk 'last == "num_partitions" { print } { last = $0 }'
}

until n=$(partitions) && [ -n "$n" ]; do sleep 1; done
[ -f "$state" ] || : >"$state"
# With the number of this process: a redis-cli that outlives a killed shell must not write into ours.
rm -f "$state".reply.* "$state".new.*
reply=$state.reply.$$
new=$state.new.$$
while :; do
  # 0 1 2 … and behind them, in the same order, the sequence that each partition goes on at.
  # shellcheck disable=SC2046
  set -- $(awk -v n="$n" '
    $1 == "position" { at[$2] = $3 }
    END { for (p = 0; p < n; p++) print p; for (p = 0; p < n; p++) print at[p] + 0 }' "$state")
  if ! redis-cli -e -3 --no-raw -p "$port" EPREAD COUNT 500 BLOCK 1000 PARTITIONS "$@" >"$reply"; then
    sleep 1
    continue
  fi
  # An event is one line for each field, for example:  9# event_name => "OrderPlaced"
  # A quote or a control character in a name stays as redis-cli writes it.
  awk '
    $1 == "position" { at[$2] = $3 }
    $1 == "count" { count[substr($0, length($1 $2) + 3)] = $2 }
    $2 == "partition_id" { p = $NF }
    $2 == "partition_sequence" { at[p] = $NF + 1 }
    $2 == "event_name" { sub(/^[^"]*"/, ""); sub(/"$/, ""); count[$0]++; read++ }
    END {
      for (p in at) print "position", p, at[p]
      for (name in count) { print "count", count[name], name; sum += count[name] }
      if (read) printf "%d events counted\n", sum >"/dev/stderr"
    }' "$state" "$reply" >"$new"
  mv "$new" "$state"
done
