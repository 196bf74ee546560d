#!/bin/sh
# A teacher's forward pass beside torchvision's of the same network, in turn.
#   ARCH=resnet50 SIZE=224 tests/bench/teacher.sh [--json] [--batch B] [--iters N]
# Ratios are ours / the peer's; PAIRS (5), THREADS (2) and PYTHON can be set. How to install the strongest peer: peers/README.md
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
THEIRS="--arch ${ARCH:-resnet50} --size ${SIZE:-224}"
python=$(python3 "$here/pairs.py" python teacher)
"$python" "$here/peers/teacher.py" $THEIRS --onnx "$folder/teacher.onnx" >&2
export THEIRS OURS="--teacher $folder/teacher.onnx"
python3 "$here/pairs.py" teacher images_per_s "$@"
