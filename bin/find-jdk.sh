# Sets JAVA_HOME to a JDK that is new enough; for sourcing by POSIX shells.
#
# find_jdk looks in JAVA_HOME, at the java on the PATH, in the usual directories and in SDKMAN, and
# returns 1 with a message if there is none. `find_jdk java` is content with something that runs
# programs, `find_jdk javac` wants a compiler. Versions are read from the release file, because
# asking java itself takes longer than all the rest of this.

SIERRA_JDK_VERSION=25

# Prints the major version of the Java in directory $1 if it has the program $2.
java_version() {
  [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

is_new_enough() {
  version=$(java_version "$1" "$2")
  [ -n "$version" ] && [ "$version" -ge "$SIERRA_JDK_VERSION" ]
}

# Prints the JDK that the java on the PATH belongs to, through symlinks.
jdk_on_path() {
  java=$(command -v java) || return 0
  while [ -h "$java" ]; do
    target=$(readlink "$java")
    case $target in
      /*) java=$target ;;
      *) java=$(dirname "$java")/$target ;;
    esac
  done
  (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P)
}

find_jdk() {
  for candidate in "${JAVA_HOME:-}" "$(jdk_on_path)" \
    /usr/lib/jvm/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/*; do
    if [ -n "$candidate" ] && is_new_enough "$candidate" "$1"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "A JDK of version $SIERRA_JDK_VERSION or later is needed, and none was found in JAVA_HOME, on the PATH," >&2
  echo "in /usr/lib/jvm or in SDKMAN. Install one, for example Eclipse Temurin, or set JAVA_HOME." >&2
  return 1
}
