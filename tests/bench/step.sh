#!/bin/sh
# The training step beside PyTorch's: both in turn, PAIRS times, each ratio and the median.
#   tests/bench/step.sh PEER_SCRIPT [--width W] [--size S] [--batch B] [--stem cifar|imagenet] [--queue K] [--iters N]
#   PAIRS    how many pairs, default 5
#   THREADS  threads of each, default 2
#   PYTHON   default /usr/bin/python3, with torch
set -eu
[ $# -ge 1 ] || { echo "usage: $0 PEER_SCRIPT [--width W] [--size S] [--batch B] [--stem cifar|imagenet] [--queue K] [--iters N]" >&2; exit 2; }
peer=$1
shift
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
threads=${THREADS:-2}
results=$(mktemp)
trap 'rm -f "$results"' EXIT
i=0
while [ "$i" -lt "${PAIRS:-5}" ]; do
  ours=$("$here/bagpipe" bench step --threads "$threads" "$@")
  theirs=$("${PYTHON:-/usr/bin/python3}" "$peer" step --threads "$threads" "$@")
  echo "bagpipe $ours"
  echo "peer    $theirs"
  printf '%s\n%s\n' "$ours" "$theirs" >>"$results"
  i=$((i + 1))
done
"${PYTHON:-/usr/bin/python3}" - "$results" <<'PY'
import json, statistics, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
ratios = [ours['anchors_per_s'] / theirs['anchors_per_s'] for ours, theirs in zip(lines[::2], lines[1::2])]
print(f"anchors_per_s: ratios {' '.join(f'{r:.2f}' for r in ratios)}, median {statistics.median(ratios):.2f}")
PY
