#!/bin/sh
# Makes the two images that docker/Dockerfile starts from, for machines that reach no image registry:
# Debian from its package archive, and the same with a JDK from a directory of this machine and the Maven
# on its PATH, if there is one, so that the build does not fetch another.
#
#   sudo docker/make-base-image.sh JDK_DIRECTORY [DEBIAN_MIRROR]
#
# Needs root, debootstrap and a running docker. Replaces images of the same names.
set -eu

runtime_image=debian:bookworm-slim
jdk_image=eclipse-temurin:25-jdk

if [ $# -lt 1 ] || [ ! -x "$1/bin/jlink" ]; then
  echo "usage: $0 JDK_DIRECTORY [DEBIAN_MIRROR]" >&2
  exit 2
fi
jdk=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase --include=ca-certificates,curl,unzip bookworm "$root" ${2:+"$2"}
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* \
  "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale

tar -C "$root" -c . | docker import - "$runtime_image"

mkdir -p "$root/opt/java"
# With what its links point to: packaged JDKs keep certificates elsewhere.
cp -rL "$jdk" "$root/opt/java/openjdk"
maven=$(mvn -v 2>/dev/null | sed -n 's/.*Maven home: //p')
if [ -n "$maven" ]; then
  cp -rL "$maven" "$root/opt/maven"
  ln -s /opt/maven/bin/mvn "$root/usr/local/bin/mvn"
fi
tar -C "$root" -c . | docker import \
  --change 'ENV JAVA_HOME=/opt/java/openjdk' \
  --change 'ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  - "$jdk_image"
