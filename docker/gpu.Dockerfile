# Bagpipe on NVIDIA GPUs of compute capability 7.5 and later under driver 580 or later: engine torch, on CUDA 13, cuDNN 9 and NCCL 2 of NVIDIA's image.
#   docker build -f docker/gpu.Dockerfile -t bagpipe:gpu .          from the repository's root; then docker run --gpus all ... bagpipe:gpu
# For a build that can be repeated, give all bases by digest. Docker's legacy builder does as well as BuildKit.
ARG MAVEN=maven:3.9-eclipse-temurin-17
ARG JRE=eclipse-temurin:17-jre
ARG CUDA=nvidia/cuda:13.0.2-cudnn-runtime-ubuntu24.04

FROM ${JRE} AS jre

FROM ${MAVEN} AS build
WORKDIR /src
COPY . .
RUN rm -rf */target && mvn -B -ntp -Pgpu -DskipTests -Dmaven.test.skip=true -Dchecks.skip=true -pl verticles -am package

FROM ${CUDA}
# CUPTI is in none of NVIDIA's runtime images, and libtorch is linked with it; openssl is for the health check over TLS
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends cuda-cupti-13-0 libgomp1 ca-certificates openssl \
 && rm -rf /var/lib/apt/lists/*
COPY --from=jre /opt/java/openjdk /opt/java/openjdk
ENV JAVA_HOME=/opt/java/openjdk \
    PATH=/opt/java/openjdk/bin:/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LD_LIBRARY_PATH=/usr/local/nvidia/lib64:/usr/local/cuda/lib64:/usr/local/cuda/extras/CUPTI/lib64 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
RUN groupadd --system --gid 10001 bagpipe \
 && useradd --system --uid 10001 --gid bagpipe --home-dir /data --shell /usr/sbin/nologin bagpipe \
 && mkdir /data && chown bagpipe:bagpipe /data
COPY docker/entrypoint.sh docker/healthcheck.sh docker/gpu-libraries.sh /opt/bagpipe/
# the build stops here if the base lacks a library
RUN /bin/sh /opt/bagpipe/gpu-libraries.sh && java -version
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENV BAGPIPE_DATA_DIR=/data/bagpipe
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["bash", "/opt/bagpipe/healthcheck.sh"]
ENTRYPOINT ["/bin/sh", "/opt/bagpipe/entrypoint.sh"]
CMD ["run"]
COPY --from=build /src/verticles/target/lib /opt/bagpipe/lib
COPY --from=build /src/verticles/target/bagpipe.jar /opt/bagpipe/bagpipe.jar
