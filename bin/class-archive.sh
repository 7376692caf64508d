# Keeps the server's classes ready to be mapped, which halves the time that a start takes; for sourcing
# by POSIX shells.
#
# make_class_archive JAVA OPTIONS_FILE JAR ARCHIVE runs a server for a moment, with an empty store and on
# any free port, and writes what classes it has loaded. Without the archive, or with one of another jar,
# everything works as well, only slower to start: so a failure here is none.

make_class_archive() {
  training=$(mktemp -d) || return 0
  # ErrorFile: a JVM that crashes would leave its report where the caller stands.
  "$1" "@$2" "-XX:ArchiveClassesAtExit=$4.new" "-XX:ErrorFile=$training/error" -Xlog:disable \
    -cp "$3" io.sierra.server.cli.Main --dir "$training/db" --client-address 127.0.0.1:0 \
    >"$training/log" 2>&1 &
  trained=$!
  seconds=0
  while kill -0 "$trained" 2>/dev/null && [ "$seconds" -lt 60 ] \
    && ! grep -q "ready to receive connections" "$training/log"; do
    sleep 1
    seconds=$((seconds + 1))
  done
  kill -TERM "$trained" 2>/dev/null || true
  status=0
  wait "$trained" 2>/dev/null || status=$?
  # Of a JVM that did not end in order the archive may not be whole.
  if [ "$status" -eq 0 ] && [ -f "$4.new" ]; then
    mv "$4.new" "$4"
  fi
  rm -f "$4.new"
  rm -rf "$training"
}
