#!/bin/sh
# Emoji pictures of two styles, 64 pixels, in folders by category: tests/bench/emoji.sh OUT makes OUT/google and OUT/twitter,
# 1,906 pictures each in nine categories (those that differ in the skin's colour alone are left out). From npm's emoji-datasource-google and
# -twitter 16.0.0 (MIT; pictures: Noto Emoji, Apache 2.0, and Twemoji, CC-BY 4.0), some 75 MB each. Needs npm, tar, python3.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
[ ! -e "$1" ] || { echo "$0: $1 is there already" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for style in google twitter; do
  mkdir "$work/$style"
  (cd "$work/$style" && npm pack --silent "emoji-datasource-$style@16.0.0" > /dev/null && tar xzf ./*.tgz package/emoji.json "package/img/$style/64")
  python3 - "$work/$style/package" "$style" "$work/out" <<'PYTHON'
import json, pathlib, re, shutil, sys

package, style, out = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
for emoji in json.load((package / "emoji.json").open()):
    picture = package / "img" / style / "64" / emoji["image"]
    category = re.sub("[^a-z]+", "-", emoji["category"].lower())
    if picture.exists() and category != "component":  # five patches of skin
        folder = out / style / category
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, folder / emoji["image"])
PYTHON
done
mv "$work/out" "$1"
