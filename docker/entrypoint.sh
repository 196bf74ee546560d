#!/bin/sh
# Starts Bagpipe in a container with the options that the launcher gives it elsewhere.
#   BAGPIPE_NATIVE_MEMORY  limit of heap and native memory together (6144m); without it three quarters of
#                          the container's memory limit, or of the machine's memory where there is no limit
#   BAGPIPE_JAVA_OPTS      more options for the JVM
set -eu

# The least of the machine's memory and the limits of cgroup v2 and v1, in MB; 8192 where none can be read.
memory() {
  most=
  if [ -r /proc/meminfo ]; then
    while read -r name size _; do
      [ "$name" != MemTotal: ] || most=$((size / 1024))
    done </proc/meminfo
  fi
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    if [ -r "$file" ]; then
      read -r limit <"$file" || limit=max
      case $limit in
        '' | *[!0-9]*) ;; # max: none
        *) [ $((limit / 1048576)) -ge "${most:-8796093022208}" ] || most=$((limit / 1048576)) ;;
      esac
    fi
  done
  echo "${most:-8192}"
}

native=${BAGPIPE_NATIVE_MEMORY:-$(($(memory) * 3 / 4))m}
unset BAGPIPE_NATIVE_MEMORY # Bagpipe would take it for a key
[ -n "${OMP_WAIT_POLICY:-}" ] || export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-10000}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}" LC_ALL="${LC_ALL:-C.UTF-8}"
# What runs for long begins with the heap that it settles at: resident memory is then level from the first minutes.
heap=128m
for word in "$@"; do
  case $word in run | demo) heap=512m ;; esac
done
case ${BAGPIPE_JAVA_OPTS:-} in *-Xmx*) heap=128m ;; esac
# Nor is it to grow by two thirds at once because some garbage is still counted (G1 wants 40 % free else), or to double
# because other processes made a few collections take long (G1 wants under 8 % of the time in them, of a small heap 1 %).
# shellcheck disable=SC2086 # the user's options are words
exec java -Xms"$heap" -Xmx1536m -XX:MinHeapFreeRatio=15 -XX:MaxHeapFreeRatio=50 -XX:GCTimeRatio=2 -XX:+ExitOnOutOfMemoryError \
  -Dorg.bytedeco.javacpp.maxbytes="$native" -Dorg.bytedeco.javacpp.maxphysicalbytes="$native" \
  -Djava.awt.headless=true -Duser.home=/data ${BAGPIPE_JAVA_OPTS:-} -jar /opt/bagpipe/bagpipe.jar "$@"
