#!/bin/sh
# Makes the images that the files in this folder name, from Debian packages and from Kafka's jars in
# verticles/target/lib, for machines without a registry. As root, on Debian with docker.io and debootstrap,
# after `mvn -DskipTests package`:   docker/local-images.sh [WORK_FOLDER]
#   eclipse-temurin:17-jre   Debian bookworm with OpenJDK 17 (not Temurin: only the name is the same)
#   apache/kafka:VERSION     the broker, KRaft; reads KAFKA_* as Apache's image does, through Kafka's own KafkaDockerWrapper
#   prom/prometheus:v3.5.0   Debian's Prometheus, whatever version that is
#   maven:3.9-eclipse-temurin-17   the above with Debian's JDK 17 and Maven, which trusts the certificates that
#                            this machine's Java trusts; only with `MAVEN=yes`, for the Dockerfile's Maven stage
#   bagpipe                  from verticles/target
# Grafana is not in Debian: there is no local image of it, and its service is in a profile of its own.
# DEBIAN_MIRROR is another mirror than debootstrap's own.
# They are stand-ins for trying things out; each carries the label bagpipe.local=true.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(dirname -- "$here")
lib=$root/verticles/target/lib
work=${1:-$(mktemp -d)}
fail() {
  echo "local-images: $1" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || fail "debootstrap needs root"
for tool in docker debootstrap apt-get dpkg; do
  command -v $tool >/dev/null || fail "$tool is missing (Debian: apt-get install docker.io debootstrap)"
done
docker info >/dev/null 2>&1 || fail "no Docker daemon answers; start dockerd"
core=$(find "$lib" -name 'kafka_2.13-*.jar' 2>/dev/null | head -n 1)
[ -n "$core" ] || fail "$lib has no Kafka; run mvn -DskipTests package first"
version=$(basename "$core" .jar | sed 's/^kafka_2.13-//')
mkdir -p "$work"

if [ ! -e "$work/jre/.done" ]; then
  debootstrap --variant=minbase --include=ca-certificates,openjdk-17-jre-headless,libgomp1 bookworm "$work/jre" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
  rm -rf "$work"/jre/var/cache/apt/archives/*.deb "$work"/jre/var/lib/apt/lists/*
  : >"$work/jre/.done"
fi
tar -C "$work/jre" --numeric-owner --exclude=./proc/\* --exclude=./sys/\* --exclude=./dev/\* -c . |
  docker import --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' --change 'LABEL bagpipe.local=true' - eclipse-temurin:17-jre

if [ -n "${MAVEN:-}" ]; then
  rm -rf "$work/maven"
  mkdir -p "$work/maven"
  cp -L /etc/ssl/certs/java/cacerts "$work/maven/cacerts"
  cat >"$work/maven/Dockerfile" <<'END'
FROM eclipse-temurin:17-jre
RUN apt-get update -q && apt-get install -q -y --no-install-recommends openjdk-17-jdk-headless maven && rm -rf /var/lib/apt/lists/*
COPY cacerts /etc/ssl/certs/java/cacerts
LABEL bagpipe.local=true
CMD ["mvn"]
END
  docker build -q --network host -t maven:3.9-eclipse-temurin-17 "$work/maven"
fi

# Kafka without the libraries that only training needs, which are the large ones.
rm -rf "$work/kafka"
mkdir -p "$work/kafka/libs"
find "$lib" -name '*.jar' -size -12M ! -name 'bagpipe*' ! -name 'nd4j*' ! -name 'deeplearning4j*' -exec cp {} "$work/kafka/libs/" \;
cp "$here"/kafka/* "$work/kafka/"
docker build -q -t "apache/kafka:$version" "$work/kafka"

rm -rf "$work/prometheus"
mkdir -p "$work/prometheus/root"
(cd "$work/prometheus" && apt-get download -q prometheus && dpkg -x prometheus_*.deb root)
cat >"$work/prometheus/Dockerfile" <<'END'
FROM eclipse-temurin:17-jre
COPY root/usr/bin/prometheus /bin/prometheus
RUN mkdir -p /prometheus /etc/prometheus && chown 65534:65534 /prometheus
USER 65534
VOLUME /prometheus
LABEL bagpipe.local=true
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
END
docker build -q -t prom/prometheus:v3.5.0 "$work/prometheus"

docker build -q -f "$here/Dockerfile" --target prebuilt -t bagpipe "$root"
docker images
