#!/bin/sh
# Exact rolling neighbours beside FAISS, in turn.
#   tests/bench/knn.sh [--json] [--window N] [--dim D] [--batch B] [--k K]
# Ratios are ours / the peer's; PAIRS (5), THREADS (2) and PYTHON can be set. How to install the strongest peer: peers/README.md
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec python3 "$here/pairs.py" knn search_queries_per_s,rolling_inserts_and_queries_per_s "$@"
