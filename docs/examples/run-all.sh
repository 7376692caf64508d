#!/bin/sh
# Runs the four examples side by side while events are appended, kills them (-9) again and again and the server
# once, and compares what they counted with what the store exports. Needs redis-cli, a JDK 25, Maven, Python 3 and
# Node.js 20; fetches redis-py, node-redis and Lettuce.
#
#   docs/examples/run-all.sh [work directory] [port]
set -eu
examples=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$examples/../.." && pwd)
work=${1:-$(mktemp -d)}
port=${2:-9399}
writers=4
rounds=${ROUNDS:-30} # of 25 events, for each writer
mkdir -p "$work"
cd "$work"
. "$root/bin/find-jdk.sh"
find_jdk java
PATH=$JAVA_HOME/bin:$PATH

say() { echo "$(date +%T) $*"; }

# redis-cli says why and Maven what it downloads; nobody needs either.
cli() { redis-cli -p "$port" "$@" 2>"$work/redis-cli.err"; }

start_server() {
  timeout 1200 "$root/bin/sierradb" --dir "$work/db" --client-address "127.0.0.1:$port" >>server.out 2>&1 &
  until cli PING >ping.out && grep -q PONG ping.out; do sleep 0.2; done
  # timeout runs the server as its child.
  server=$(cli INFO server | tr -d '\r' | sed -n 's/^process_id://p')
}

# An append is sent until it is answered; the event id makes that one event.
write() {
  round=0
  while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    awk -v writer="$1" -v round=$round 'BEGIN {
      for (i = 0; i < 25; i++) {
        n = round * 25 + i
        name = n % 10 < 6 ? "OrderPlaced" : n % 10 < 9 ? "OrderShipped" : "OrderCancelled"
        printf "EAPPEND order-%d %s EVENT_ID 0000000%d-0000-4000-8000-%012d PAYLOAD \047{\"n\":%d}\047\n",
            (writer * 7 + n) % 37, name, writer, n, n
      }
    }' >"write-$1.in"
    until cli -e <"write-$1.in" >"write-$1.out" && [ "$(grep -c '^event_id' "write-$1.out")" = 25 ]; do
      sleep 0.2
    done
  done
}

start() {
  case $1 in
    shell) set -- shell "$examples/count-events.sh" ;;
    python) set -- python venv/bin/python "$examples/count_events.py" ;;
    javascript) set -- javascript node count-events.mjs ;;
    java) set -- java java -cp 'lib/*' "$examples/CountEvents.java" ;;
  esac
  name=$1
  shift
  timeout 1200 "$@" "$name.txt" "$port" >>"$name.out" 2>&1 &
  eval "pid_$name=$!"
}

# timeout passes on what it can catch, which -9 is not: its child is what is killed.
kill_9() {
  eval "parent=\$pid_$1"
  for child in $(pgrep -P "$parent"); do kill -9 "$child" || true; done
  wait "$parent" 2>/dev/null || true
}

counted() { awk '$1 == "count" { sum += $2 } END { print sum + 0 }' "$1.txt" 2>/dev/null || echo 0; }

finish() {
  for name in shell python javascript java; do
    eval "parent=\${pid_$name:-}"
    [ -z "$parent" ] || kill "$parent" 2>/dev/null || true
  done
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}
trap finish EXIT

say "libraries, in $work"
[ -d venv ] || python3 -m venv venv
venv/bin/pip install -q redis
cp "$examples/count-events.mjs" "$examples/pom.xml" .
npm install --silent --no-audit --no-fund redis
[ -d lib ] || "$root/mvnw" -q -f pom.xml package

start_server
say "the server runs, process $server"
writing=
for writer in $(seq $writers); do
  write "$writer" &
  writing="$writing $!"
done
for name in shell python javascript java; do start $name; done

kills=0
while kill -0 $writing 2>/dev/null; do
  sleep 3
  for name in shell python javascript java; do
    kill_9 $name
    kills=$((kills + 1))
    say "killed $name, which has stored $(counted $name) of $(cli DBSIZE || echo '?')"
    start $name
    if [ $kills = 6 ]; then
      kill -9 "$server"
      say "killed the server"
      start_server
      say "the server runs again, process $server"
    fi
  done
done
wait $writing
total=$((writers * rounds * 25))
say "all is written: $(cli DBSIZE) events of $total; $kills kills"

failed=0
for name in shell python javascript java; do
  waited=0
  until [ "$(counted $name)" -ge $total ] || [ $waited = 60 ]; do sleep 1; waited=$((waited + 1)); done
done
sleep 2
"$root/bin/sierradb" export --address "127.0.0.1:$port" --output all.jsonl
sed 's/^{"stream":"[^"]*","name":"\([^"]*\)".*/\1/' all.jsonl | sort | uniq -c | awk '{ print "count", $1, $2 }' | sort >exported.txt
cat exported.txt
for name in shell python javascript java; do
  grep '^count' $name.txt | sort >$name.counts
  if cmp -s exported.txt $name.counts; then
    say "$name has counted each event once; its last words: $(tail -n 1 $name.out)"
  else
    say "$name is WRONG:"
    cat $name.counts
    failed=1
  fi
done
exit $failed
