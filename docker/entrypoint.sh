#!/bin/sh
# Runs SierraDB as the one process of a container. Arguments are those of sierradb: flags of the server,
# or a subcommand. Defaults come from the image's environment, so flags add to them and win.
#
# As root it gives the data directory to the user sierradb, if it is root's, and goes on without any
# privileges as the user who owns it. So a bind mount works whoever made its directory, and files that
# belong to somebody stay his. With `docker run --user` nothing of this is needed or done.
set -eu

data=/app/data

if [ "$(id -u)" = 0 ]; then
  if [ "$(stat -c %u "$data")" = 0 ]; then
    chown -R sierradb:sierradb "$data" || {
      echo "entrypoint.sh: cannot give $data to the user sierradb; use docker run --user instead" >&2
      exit 1
    }
  fi
  export HOME=/app
  exec setpriv --reuid "$(stat -c %u "$data")" --regid "$(stat -c %g "$data")" \
    --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$0" "$@"
fi

archive=/opt/sierradb/sierra-server.jsa
[ -f "$archive" ] || archive=

# SIERRA_JAVA_OPTS is split at spaces on purpose.
# shellcheck disable=SC2086
exec java @/opt/sierradb/jvm.options ${archive:+"-XX:SharedArchiveFile=$archive"} \
  ${SIERRA_HEAP:+"-Xmx$SIERRA_HEAP"} ${SIERRA_JAVA_OPTS:-} \
  -cp /opt/sierradb/sierra-server.jar io.sierra.server.cli.Main "$@"
