#!/bin/sh
# Starts Bagpipe in a container with the options that the launcher gives it elsewhere.
set -eu
[ -n "${OMP_WAIT_POLICY:-}" ] || export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-10000}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}" LC_ALL="${LC_ALL:-C.UTF-8}"
# shellcheck disable=SC2086 # the user's options are words
exec java -Xms128m -Xmx1536m -XX:+ExitOnOutOfMemoryError -Dorg.bytedeco.javacpp.maxbytes="${BAGPIPE_NATIVE_MEMORY:-6144m}" \
  -Dorg.bytedeco.javacpp.maxphysicalbytes="${BAGPIPE_NATIVE_MEMORY:-6144m}" \
  -Djava.awt.headless=true -Duser.home=/data ${BAGPIPE_JAVA_OPTS:-} -jar /opt/bagpipe/bagpipe.jar "$@"
