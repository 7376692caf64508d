# For sourcing by the benchmarks in this directory: servers, clients and arithmetic.
# shellcheck shell=bash

# A failed run inside $(…) ends the script, too.
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
sierradb=${SIERRADB:-$root/bin/sierradb}
sierra_port=${SIERRA_PORT:-19090}
redis_port=${REDIS_PORT:-16379}
pids=()

require() {
  for tool; do
    command -v "$tool" >/dev/null || { echo "$tool is needed" >&2 && exit 2; }
  done
}

# Everything is put on the disk of BENCH_DIR, in a directory that goes with the script.
make_work_directory() {
  mkdir -p "${BENCH_DIR:=$root/target}"
  work=$(mktemp -d "$BENCH_DIR/bench.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT TERM
}

clean_up() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
  done
  rm -rf "$work"
}

await_ping() { # port, process
  for _ in $(seq 600); do
    [ "$(redis-cli -p "$1" PING 2>/dev/null)" = PONG ] && return 0
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  echo "no server answers on port $1; it said:" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}

refuse_used_port() { # port
  if redis-cli -p "$1" PING >/dev/null 2>&1; then
    echo "port $1 is in use" >&2
    exit 1
  fi
}

# With an empty directory and defaults: an append is answered when it is on the disk.
start_sierradb() {
  refuse_used_port "$sierra_port"
  "$sierradb" --version >"$work/version.log" # builds, if it has to
  mkdir "$work/sierradb"
  cd "$work" || exit
  serve "$work/sierradb"
}

# Starts a server, whose process id is in server then.
launch() { # directory, flags
  local store=$1
  shift
  "$sierradb" --dir "$store" --client-address "127.0.0.1:$sierra_port" "$@" >"$store.log" 2>&1 &
  server=$!
  pids+=("$server")
}

# Starts a server and waits until it answers.
serve() { # directory, flags
  launch "$@"
  await_ping "$sierra_port" "$server"
}

# Ends the server that was started last.
stop() { # signal; TERM if not given
  kill "-${1:-TERM}" "$server"
  wait "$server" 2>/dev/null || true
}

info() { # field
  redis-cli -p "$sierra_port" INFO everything | tr -d '\r' | sed -n "s/^$1://p"
}

# Makes load usable.
build_load() {
  "$root/mvnw" -q -f "$root/pom.xml" -DskipTests -Dspotless.check.skip -pl sierra-bench -am package >&2
  . "$root/bin/find-jdk.sh"
  find_jdk javac
  java=$JAVA_HOME/bin/java
}

load() { # subcommand, its arguments
  "$java" "@$root/bin/jvm.options" -Xmx2g -cp "$root/sierra-bench/target/sierra-bench.jar" \
    io.sierra.bench.load.LoadMain "$@"
}

# Never rewrites its log, which would only slow it down here.
start_redis() {
  refuse_used_port "$redis_port"
  mkdir "$work/redis"
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --save "" \
    --appendonly yes --appendfsync always --auto-aof-rewrite-percentage 0 \
    >"$work/redis.log" 2>&1 &
  pids+=($!)
  await_ping "$redis_port" $!
}

# Prints "requests/s p50 p99" of one run of redis-benchmark, times in milliseconds.
measure() { # port, arguments of redis-benchmark
  local port=$1 line
  shift
  line=$(redis-benchmark -p "$port" --csv "$@" 2>"$work/benchmark.err" | tr -d '"' | tail -n 1) || true
  case $line in
    *,[0-9]*) awk -F, '{ print $(NF-6), $(NF-3), $(NF-1) }' <<<"$line" ;;
    *)
      echo "redis-benchmark -p $port $* failed:" >&2
      cat "$work/benchmark.err" >&2
      return 1
      ;;
  esac
}

# Ends the script unless one page of a stream has as many events as it should.
require_full_page() { # events, arguments of ESCAN
  local wanted=$1 found
  shift
  found=$(redis-cli -p "$sierra_port" ESCAN "$@" | grep -c '^event_id$') || true
  [ "$found" = "$wanted" ] || { echo "ESCAN $*: $found events, not $wanted" >&2 && exit 1; }
}

median() { # numbers, one per line
  sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR+1)/2] : (v[NR/2] + v[NR/2+1]) / 2 }'
}

describe_machine() {
  local cpu disk
  cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
  disk=$(df --output=fstype "$work" 2>/dev/null | tail -n 1)
  echo "machine: ${cpu:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) cores, $(uname -sr), ${disk:-unknown file system}"
  echo "commit:  $(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown), $(head -n 1 "$work/version.log")"
  echo "client:  $(redis-benchmark --version)"
  echo "date:    $(date -u +%Y-%m-%d)"
}
