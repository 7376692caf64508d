#!/bin/sh
# Builds and runs the JMH benchmarks with the server's JVM flags; arguments are JMH's.
#
#   bench/jmh.sh                      all of them
#   bench/jmh.sh RequestDecoder       those whose name contains this
#   bench/jmh.sh -l                   their names
#   bench/jmh.sh RequestDecoder -prof gc -rf text -rff result.txt
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/bin/find-jdk.sh"
find_jdk javac

(cd "$root" && ./mvnw -q -DskipTests -Dspotless.check.skip -pl sierra-bench -am package)
exec "$JAVA_HOME/bin/java" "@$root/bin/jvm.options" -jar "$root/sierra-bench/target/sierra-bench.jar" "$@"
