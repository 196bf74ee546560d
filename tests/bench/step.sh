#!/bin/sh
# The training step beside PyTorch's, in turn.
#   tests/bench/step.sh [--json] [--width W] [--size S] [--batch B] [--stem cifar|imagenet] [--queue K] [--iters N]
# Ratios are ours / the peer's; PAIRS (5), THREADS (2) and PYTHON can be set. How to install the strongest peer: peers/README.md
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec python3 "$here/pairs.py" step anchors_per_s "$@"
