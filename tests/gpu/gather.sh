#!/bin/sh
# Gathers what verify.sh runs into a folder that can be carried to a host with a GPU: classes, tests, a few jars. Here, with Maven.
#   tests/gpu/gather.sh [--natives none|cpu|gpu] [--service] FOLDER
# --natives: libtorch and JavaCPP too, for CPUs (150 MB) or GPUs (500 MB); none where the host has them in its library path
# --service: the whole service's jars too (450 MB), so that it is run as well
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
natives=none service=
while [ $# -gt 1 ]; do
  case $1 in
    --natives) natives=$2; shift 2 ;;
    --service) service=yes; shift ;;
    *) echo "gather.sh: unknown: $1" >&2; exit 2 ;;
  esac
done
case $natives in none | cpu | gpu) ;; *) echo "gather.sh: --natives $natives; valid: none, cpu, gpu" >&2; exit 2 ;; esac
[ $# -eq 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
app=$(CDPATH='' cd -- "$1" && pwd -P)
rm -rf "$app/classes" "$app/test-classes" "$app/jars" "$app/service" && mkdir -p "$app/jars"

cd "$root"
# shellcheck disable=SC2086 # the user's options are words
mvn -q -B -Dchecks.skip -DskipTests ${BAGPIPE_MAVEN_OPTS:-} -pl verticles -am test-compile \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=target/gpu.classpath >&2
property() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" pom.xml | head -n 1; }
get() { mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact="$1" -DoutputDirectory="$app/jars" -Dmdep.useBaseVersion=true >&2; }
get "org.junit.platform:junit-platform-console-standalone:$(property junit.version)"
if [ "$natives" != none ]; then
  classifier=$(property native.classifier)
  torch=$(property pytorch.version) javacpp=$(property javacpp.version) openblas=$(property openblas.version)
  get "org.bytedeco:pytorch:$torch" && get "org.bytedeco:javacpp:$javacpp" && get "org.bytedeco:openblas:$openblas"
  get "org.bytedeco:javacpp:$javacpp:jar:$classifier" && get "org.bytedeco:openblas:$openblas:jar:$classifier"
  if [ "$natives" = gpu ]; then
    cuda=$(property pytorch.cuda.version)
    get "org.bytedeco:pytorch:$torch:jar:$classifier-gpu"
    get "org.bytedeco:cuda:$cuda" && get "org.bytedeco:cuda:$cuda:jar:$classifier"
  else
    get "org.bytedeco:pytorch:$torch:jar:$classifier"
  fi
fi
# pure Java, of the class paths of model's tests and of the command line
tr : '\n' <model/target/gpu.classpath | cat - verticles/target/gpu.classpath | tr : '\n' | sort -u |
  grep -E '/(jackson-(core|databind|annotations)|slf4j-api|logback-(classic|core)|picocli|jspecify|assertj-core|byte-buddy|protobuf-java)-[0-9][^/]*\.jar$' |
  while read -r jar; do cp "$jar" "$app/jars/"; done
if [ -n "$service" ]; then
  mkdir "$app/service"
  # libtorch is asked for by --natives
  tr : '\n' <verticles/target/gpu.classpath | grep '\.jar$' | grep -vE '/(pytorch-[^/]*-linux-x86_64[^/]*|bagpipe-[^/]*)\.jar$' |
    while read -r jar; do cp "$jar" "$app/service/"; done
fi
cp -r model/target/classes "$app/classes" && cp -r verticles/target/classes/. "$app/classes/" && cp -r streams/target/classes/. "$app/classes/"
cp -r model/target/test-classes "$app/test-classes"
# what none of it reads
rm -rf "$app/classes/io/bagpipe/model/teacher"/*.onnx* "$app/test-classes/golden" "$app/test-classes/images" "$app/test-classes/checkpoint"
git describe --always --dirty >"$app/commit" 2>/dev/null || echo unknown >"$app/commit"
echo "$app: $(du -sm "$app" | cut -f1) MB"
