#!/bin/sh
# Changes of a stream by the built jar: tests/bench/drift.sh DATA... [options of bagpipe bench drift]
exec java -Xmx2g -jar "$(dirname "$0")/../../verticles/target/bagpipe.jar" bench drift "$@"
