#!/bin/sh
# A stage, exactly once, beside plain Kafka clients, at least once, in turn: both inside one command, on one broker and one topic.
#   tests/bench/transport.sh [--json] [--records N] [--bytes B]
# PAIRS (5) can be set.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
result=$("$root/bagpipe" bench transport --pairs "${PAIRS:-5}" "$@")
case " $* " in
  *" --json "*) printf '%s\n' "$result" | python3 -c 'import json, sys; print(json.dumps({**json.load(sys.stdin), "processor": sys.argv[1]}))' "${processor:-$(uname -m)}" ;;
  *) printf '%s\nprocessor: %s\n' "$result" "${processor:-$(uname -m)}" ;;
esac
