#!/usr/bin/env bash
# Verifies the engine "torch" on a machine with a GPU: its tests (a student's contract, a teacher's answers), a steady run, the training step and a
# teacher's pass beside PyTorch's, the whole service on made-up photographs. One JSON, one table.
#   tests/gpu/verify.sh [--device cuda|cuda:N|cpu] [--app FOLDER] [--out FOLDER]
# FOLDER of --app is what gather.sh made (default: tests/gpu/app). --device cpu tries the script itself, small.
# JAVA is the command that runs Java (default: java) and may be words ("bash tools/run-java.sh"); it gets -cp, -D and -X options, a class, arguments.
# PYTHON has PyTorch (default: the first python3 that has); without it there is no peer, and the report says so. Needs neither network,
# Maven nor a JDK.
# The service is run where gather.sh --service took its jars along. The index has no code for GPUs yet, so there is nothing of it to compare.
# Every part has a time limit, and all together 11 minutes on a GPU (the peer's compiler may take the most); what does not fit fails, by name.
# Exit: 0 all passed, 1 something did not, 2 wrong use.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
device=cuda app=$here/app out=gpu-report
while [ $# -gt 0 ]; do
  case $1 in
    --device) device=${2:-}; shift ;;
    --app) app=${2:-}; shift ;;
    --out) out=${2:-}; shift ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift || true
done
case $device in cpu | cuda | cuda:[0-9]*) ;; *) echo "verify.sh: --device $device; valid: cpu, cuda, cuda:N" >&2; exit 2 ;; esac
[ -d "$app/classes" ] || { echo "verify.sh: nothing gathered in $app; run gather.sh, or name another folder with --app" >&2; exit 2; }
app=$(cd "$app" && pwd -P)
mkdir -p "$out" && out=$(cd "$out" && pwd -P) || exit 2
rm -rf "$out/junit" "$out"/*.status "$out"/*.out "$out"/*.err "$out"/report.*    # of an earlier run
read -ra java <<<"${JAVA:-java}"
for python in ${PYTHON:-python3 /usr/bin/python3}; do
  "$python" -c 'import torch' 2>/dev/null && break
done
command -v "$python" >/dev/null || { echo "verify.sh: no $python; set PYTHON" >&2; exit 2; }
path=$app/classes:$app/test-classes:$app/jars/*
options=(-Xmx2g -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 "-Dbagpipe.torch.device=$device")

if [ "$device" = cpu ]; then
  precisions="float32 bf16" steady=100 slower=4 budget=3600
  step=(--width 8 --size 16 --batch 16 --stem cifar --queue 1024 --iters 3 --threads 1)
else
  precisions="float32 tf32 bf16" steady=2000 slower=1 budget=660
  step=(--width 64 --size 224 --batch 256 --stem imagenet --queue 65536 --iters 20 --threads 0)
fi

run() { # run NAME SECONDS COMMAND...: its output to NAME.out and NAME.err, status and time to NAME.status
  local name=$1 limit=$(($2 * slower)) began=$SECONDS left=$((budget - SECONDS)) status
  shift 2
  [ "$limit" -le "$left" ] || limit=$((left > 0 ? left : 1))
  timeout -k 10 "$limit" "$@" >"$out/$name.out" 2>"$out/$name.err" </dev/null
  status=$?
  echo "$status $((SECONDS - began))" >"$out/$name.status"
  printf '%-20s %s, %s s\n' "$name" "$([ $status -eq 0 ] && echo ok || echo "FAILED ($status)")" "$((SECONDS - began))" >&2
}
java() { local name=$1 limit=$2; shift 2; run "$name" "$limit" "${java[@]}" -cp "$path" "${options[@]}" "$@"; }
teach() { java "$1" 90 io.bagpipe.verticles.cli.bench.TeacherBenchMain --json --teacher "$out/teacher.onnx" --engine torch --device "$device" "${@:2}" "${teacher[@]}"; }
step() { java "$1" "$2" io.bagpipe.verticles.cli.bench.StepBenchMain --json --engine torch --device "$device" "${@:3}"; }

tests=()
for class in TorchEngineTest TorchPrecisionTest PixelInputTest OutOfDeviceMemoryTest; do tests+=("--select-class=io.bagpipe.model.engine.torch.$class"); done
tests+=("--select-class=io.bagpipe.model.teacher.torch.ReferenceTest")
java contract 240 org.junit.platform.console.ConsoleLauncher execute "${tests[@]}" --details=tree --disable-ansi-colors --disable-banner "--reports-dir=$out/junit"
for precision in float32 bf16; do
  step "steady-$precision" 120 --precision $precision --width 8 --size 16 --batch 16 --queue 1024 --threads 1 --steady $steady
done
for precision in $precisions; do
  modes=eager
  if [ "$device" != cpu ] && [ "$precision" = bf16 ]; then modes=eager,compile; fi
  # ours twice, about the peer's: the card may not be as warm at first
  step "step-$precision-1" 90 --precision "$precision" "${step[@]}"
  run "peer-$precision" 180 "$python" "$here/../bench/peers/step.py" --device "$device" --precision "$precision" --modes $modes "${step[@]}"
  step "step-$precision-2" 90 --precision "$precision" "${step[@]}"
done
# a ResNet of random weights, whose speed is that of a trained one; what a teacher says is checked above, with the contract
if [ "$device" = cpu ]; then
  arch=resnet18 width=8 teacher=(--batch 8 --iters 3 --threads 1) side=32 images=64
else
  arch=resnet50 width=64 teacher=(--batch 256 --iters 20 --threads 8) side=224 images=512
fi
java made-up-teacher 60 io.bagpipe.model.bench.MadeUp teacher "$out/teacher.onnx" $arch $width $side
for precision in $precisions; do
  modes=eager
  if [ "$device" != cpu ] && [ "$precision" = bf16 ]; then modes=eager,compile; fi
  teach "teacher-$precision-1" --precision "$precision"
  run "teacher-peer-$precision" 120 "$python" "$here/../bench/peers/teacher.py" --arch $arch --size $side --device "$device" --precision "$precision" --modes $modes "${teacher[@]}"
  teach "teacher-$precision-2" --precision "$precision"
done
if [ -d "$app/service" ]; then
  # every stage alone, then all at once, on an embedded broker: images a second, and how long the trainer starved
  java made-up-images 60 io.bagpipe.model.bench.MadeUp images "$out/images" $images $side
  keys=(student.engine=torch student.device="$device" student.precision=bf16 teacher.engine=torch teacher.device="$device" teacher.precision=bf16)
  if [ "$device" = cpu ]; then
    service=(--student tiny --images 1000 --student-threads 1) keys+=(student.width=8)
  else
    service=(--preset imagenet --images 4096 --student-threads 8) keys+=(teacher.batch=256)
  fi
  path=$app/classes:$app/jars/*:$app/service/*
  java service 180 io.bagpipe.verticles.Main bench pipeline --json --teacher "$out/teacher.onnx" --data "$out/images" "${service[@]}" "${keys[@]/#/--set=}"
fi
rm -rf "$out/teacher.onnx" "$out/images"
exec "$python" "$here/report.py" "$out" "$device" "$(cat "$app/commit" 2>/dev/null || echo unknown)"
