#!/bin/sh
# A service that runs: pushes a data set again and again, samples the process, audits, and says what grew.
#   tests/soak.sh [MINUTES] [DATA]     default 60 and Fashion-MNIST where Debian's package puts it
#   RATE   images a second that are pushed, default 60
#   THREADS  of the student, default all cores but one, as in the demo: it is narrow
#   OUT    where the samples go, default soak.csv
# Ends with 1 when resident memory, threads, open files or the disk of the last quarter are more than 10 % over
# those of the second (whose warm-up is over), or when the audit is not clean. Of the disk, what the inner topics
# take and what is left without `images` count (the producers' own, never trimmed), each beyond two segments of 64 MiB.
set -eu
minutes=${1:-60}
data=${2:-/usr/share/datasets/fashion-mnist}
out=${OUT:-soak.csv}
cores=$(getconf _NPROCESSORS_ONLN)
student=${THREADS:-$((cores > 1 ? cores - 1 : 1))}
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
state=$(mktemp -d)
service=
pusher=
cleanup() {
  [ -z "$pusher" ] || kill "$pusher" 2>/dev/null || true
  [ -z "$service" ] || { kill "$service" 2>/dev/null || true; wait "$service" 2>/dev/null || true; }
  rm -rf "$state"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

"$here/bagpipe" run --set teacher.path=builtin:fashion-mnist --set data.dir="$state" --set http.port=0 --set train.batch=32 --set student.width=8 --set train.queue=4096 \
  --set train.threads="$student" --set bags.window=4096 2>"$state/service.log" &
service=$!
while [ ! -f "$state/bootstrap" ]; do
  kill -0 "$service" 2>/dev/null || { cat "$state/service.log" >&2; exit 1; }
  sleep 1
done
"$here/bagpipe" push "$data" --bootstrap "$(cat "$state/bootstrap")" --epochs 1000 --shuffle --rate "${RATE:-60}" >"$state/push.log" 2>&1 &
pusher=$!

echo "second,resident_kb,threads,files,inner_topics_kb,other_disk_kb,images_kb" >"$out"
began=$(date +%s)
while second=$(($(date +%s) - began)); [ "$second" -lt $((minutes * 60)) ]; do
  kill -0 "$service" 2>/dev/null || { tail -n 20 "$state/service.log" >&2; echo "soak: the service ended" >&2; exit 1; }
  resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$service/status")
  threads=$(awk '/^Threads/ { print $2 }' "/proc/$service/status")
  files=$(ls "/proc/$service/fd" | wc -l)
  disk=$(du -sk "$state" | cut -f1)
  inner=$(du -skc "$state"/broker/*/views-* "$state"/broker/*/embeddings-* "$state"/broker/*/bags-* 2>/dev/null | tail -n 1 | cut -f1)
  images=$(du -skc "$state"/broker/*/images-* 2>/dev/null | tail -n 1 | cut -f1)
  echo "$second,$resident,$threads,$files,$inner,$((disk - inner - images)),$images" >>"$out"
  sleep 5
done
kill "$pusher" 2>/dev/null || true
pusher=
# what was trained since the newest checkpoint counts as waiting: it is written every minute
tries=0
until "$here/bagpipe" audit --set data.dir="$state" --bootstrap "$(cat "$state/bootstrap")" >"$state/audit.log"; do
  tries=$((tries + 1))
  [ "$tries" -lt 12 ] || { cat "$state/audit.log" >&2; echo "soak: the audit is not clean" >&2; exit 1; }
  sleep 10
done
cat "$state/audit.log"

awk -F, 'NR > 1 { for (i = 2; i <= 7; i++) v[i, NR - 1] = $i; n = NR - 1 }
  END {
    split("x resident_kb threads files inner_topics_kb other_disk_kb images_kb", name, " ")
    for (i = 2; i <= 7; i++) {
      a = b = c = d = 0
      for (k = int(n / 4) + 1; k <= n / 2; k++) { a += v[i, k]; c++ }
      for (k = int(3 * n / 4) + 1; k <= n; k++) { b += v[i, k]; d++ }
      if (c == 0 || d == 0) { print "soak: too short" ; exit 1 }
      grew = 100 * (b / d) / (a / c) - 100
      printf "%-16s second quarter %d, last quarter %d (%+.1f %%)\n", name[i], a / c, b / d, grew
      if (grew > 10 && (i <= 4 || i <= 6 && b / d - a / c > 131072)) bad = 1
    }
    exit bad
  }' "$out"
