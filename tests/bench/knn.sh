#!/bin/sh
# Exact rolling neighbours beside FAISS: both in turn, PAIRS times, each ratio and the median.
#   tests/bench/knn.sh PEER_SCRIPT [--window N] [--dim D] [--batch B] [--k K]
#   PAIRS    how many pairs, default 5
#   THREADS  threads of each, default 2
#   PYTHON   default /usr/bin/python3, with faiss
set -eu
[ $# -ge 1 ] || { echo "usage: $0 PEER_SCRIPT [--window N] [--dim D] [--batch B] [--k K]" >&2; exit 2; }
peer=$1
shift
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
threads=${THREADS:-2}
pairs=${PAIRS:-5}
results=$(mktemp)
trap 'rm -f "$results"' EXIT
i=0
while [ "$i" -lt "$pairs" ]; do
  ours=$(OMP_NUM_THREADS=$threads "$here/bagpipe" bench knn --threads "$threads" "$@")
  theirs=$("${PYTHON:-/usr/bin/python3}" "$peer" knn --threads "$threads" "$@")
  echo "bagpipe $ours"
  echo "peer    $theirs"
  printf '%s\n%s\n' "$ours" "$theirs" >>"$results"
  i=$((i + 1))
done
"${PYTHON:-/usr/bin/python3}" - "$results" <<'PY'
import json, statistics, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
for field in ('search_queries_per_s', 'rolling_inserts_and_queries_per_s'):
    ratios = [ours[field] / theirs[field] for ours, theirs in zip(lines[::2], lines[1::2])]
    print(f"{field}: ratios {' '.join(f'{r:.2f}' for r in ratios)}, median {statistics.median(ratios):.2f}")
PY
