#!/bin/sh
# Decoding and views beside torchvision's, one thread against one thread, in turn.
#   tests/bench/augment.sh PEER_SCRIPT DIR SIZE [PAIRS]
# Prints each pair's ratio (ours / peer's images a second) and their median.
set -eu
peer=$1 dir=$2 size=$3 pairs=${4:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
field() { sed -E 's/.*"images_per_s": ?([0-9.]+).*/\1/'; }
ratios=""
for pair in $(seq "$pairs"); do
  ours=$("$root/bagpipe" bench augment --dir "$dir" --size "$size" --views 2 --threads 1 | field)
  theirs=$(/usr/bin/python3 "$peer" augment --dir "$dir" --size "$size" --views 2 --threads 1 | field)
  ratio=$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")
  echo "pair $pair: $ours / $theirs images/s = $ratio"
  ratios="$ratios $ratio"
done
echo "median ratio: $(printf '%s\n' $ratios | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }')"
