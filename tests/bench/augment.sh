#!/bin/sh
# Decoding and views beside torchvision's, one thread against one thread, in turn.
#   tests/bench/augment.sh [--json] --dir DIR [--size S] [--views N]
# Ratios are ours / the peer's; PAIRS (5), THREADS (1) and PYTHON can be set. How to install the strongest peer: peers/README.md
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec python3 "$here/pairs.py" augment images_per_s "$@"
