package io.bagpipe.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.ViewBatch;
import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images out of buckets of a keeper that others wrote: S3Proxy, which checks signatures. */
class S3ReferencesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int IMAGES = 32;

  private Process keeper;

  @AfterEach
  void stop() throws Exception {
    if (keeper != null) {
      keeper.destroyForcibly().waitFor();
    }
  }

  /** As a process of its own, on what the build has copied; its port. */
  private int serve(Path directory, Path buckets) throws Exception {
    int port = FreePort.next();
    Path jar;
    try (Stream<Path> files = Files.list(Path.of("target", "s3proxy"))) {
      jar = files.findFirst().orElseThrow();
    }
    Path properties =
        Files.writeString(
            directory.resolve("s3proxy.conf"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v4
            s3proxy.identity=reader
            s3proxy.credential=letmein
            jclouds.provider=filesystem
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, buckets));
    File log = directory.resolve("s3proxy.log").toFile();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    keeper =
        new ProcessBuilder(
                java, "-Xmx256m", "-jar", jar.toString(), "--properties", properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              assertThat(keeper.isAlive()).as(log.toString()).isTrue();
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
    return port;
  }

  private static ProducerRecord<byte[], byte[]> reference(String id, String uri) {
    var record = TestImages.record(id, null).build();
    record.headers().add("bagpipe-uri", uri.getBytes(UTF_8));
    return record;
  }

  private static String[] settings(int port, String secret) {
    return new String[] {
      "references.allow=s3://photos/in",
      "references.networks=127.0.0.1",
      "references.s3.endpoint=http://127.0.0.1:" + port,
      "references.s3.access-key=reader",
      "references.s3.secret-key=" + secret,
    };
  }

  @Test
  void imagesComeOutOfABucketAndWhatIsWrongIsSaid(@TempDir Path directory) throws Exception {
    Path in = Files.createDirectories(directory.resolve("buckets/photos/in/a folder+ü"));
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Path file = Files.write(in.resolve(i + ".png"), TestImages.png(i));
      // what others of this machine may read, this keeper gives to those who do not sign, too
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      records.add(reference("img-" + i, "s3://photos/in/a%20folder%2B%C3%BC/" + i + ".png"));
    }
    records.add(reference("none", "s3://photos/in/none.png"));
    records.add(reference("elsewhere", "s3://secrets/in/0.png"));
    int port = serve(directory, directory.resolve("buckets"));

    try (RunningService bagpipe =
            RunningService.start(directory.resolve("data"), settings(port, "letmein"));
        Tape views = bagpipe.tape("views")) {
      bagpipe.produce(records);
      List<AnchorViews> seen = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                seen.clear();
                for (ConsumerRecord<byte[], byte[]> record : views.all()) {
                  seen.addAll(ViewBatch.parseFrom(record.value()).getItemsList());
                }
                return bagpipe.seen() == IMAGES && seen.size() == IMAGES;
              });
      for (int i = 0; i < IMAGES; i++) {
        var anchor = seen.get(i).getAnchor();
        assertThat(anchor.getEncoded().toByteArray()).isEqualTo(TestImages.png(i));
        // of files that did not come through it, this keeper tells no ETag
        assertThat(anchor.getUriVersion()).matches("modified:.* GMT size:\\d+");
      }
      assertThat(bagpipe.read("images.dlq"))
          .extracting(dead -> header(dead, "bagpipe-error-class"))
          .containsExactly("NOT_FOUND", "NOT_ALLOWED");
    }
    try (RunningService wrong =
        RunningService.start(directory.resolve("wrong"), settings(port, "letmeout"))) {
      wrong.produce(records.subList(0, 1));
      await().atMost(PATIENCE).until(() -> wrong.read("images.dlq").size() == 1);
      assertThat(header(wrong.read("images.dlq").get(0), "bagpipe-error-class"))
          .isEqualTo("FORBIDDEN");
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
