package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.bagpipe.model.checkpoint.CheckpointStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fills up in the middle of a run, on a small file system of its own: mounting one
 * takes root, and without that these tests are skipped.
 */
class DiskFullIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int IMAGES = 960;

  private static final List<String> SETS =
      List.of(
          "student.width=4",
          "student.head-hidden=32",
          "train.batch=32",
          "train.queue=128",
          "bags.window=128",
          "checkpoint.every=1h",
          "checkpoint.every-images=32");

  @Test
  void whereCheckpointsGo(@TempDir Path data) throws Exception {
    fillsUpAndIsMadeRoomFor(
        data, data.resolve("run").resolve("checkpoints"), 32, "cannot write a checkpoint");
    Path checkpoints = data.resolve("run").resolve("checkpoints");
    assertThat(new CheckpointStore(checkpoints, 3).latestIntact().passedOver()).isEmpty();
  }

  @Test
  void whereTheEmbeddedBrokersTopicsAre(@TempDir Path data) throws Exception {
    fillsUpAndIsMadeRoomFor(data, data.resolve("broker"), 256, "the embedded broker in");
  }

  private static void fillsUpAndIsMadeRoomFor(Path data, Path disk, int megabytes, String said)
      throws Exception {
    BagpipeProcess bagpipe = new BagpipeProcess(data, SETS);
    mount(disk, megabytes);
    try {
      bagpipe.run();
      produce(bagpipe.bootstrap(), 0, IMAGES / 2);
      await().atMost(PATIENCE).until(() -> bagpipe.trained() >= 64);

      fill(disk.resolve("filler"));
      produce(bagpipe.bootstrap(), IMAGES / 2, IMAGES / 2 + 64); // may fail, and is then no image
      assertThat(bagpipe.waitFor(PATIENCE.toMillis())).as("ended: %s", bagpipe.said()).isTrue();
      assertThat(bagpipe.terminate()).as("exit code: %s", bagpipe.said()).isEqualTo(1);
      assertThat(bagpipe.said().lines())
          .anyMatch(line -> line.startsWith("bagpipe run: ") && line.contains(said));
      assertThat(bagpipe.trained()).as("what was good before").isGreaterThanOrEqualTo(64);

      Files.delete(disk.resolve("filler"));
      bagpipe.run();
      await().atMost(PATIENCE).until(() -> bagpipe.said().contains("started role=augment"));
      produce(bagpipe.bootstrap(), IMAGES / 2, IMAGES);
      await().atMost(PATIENCE).until(() -> bagpipe.trained() >= IMAGES); // an audit is a process
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(bagpipe.audit()).as("%s", bagpipe.said()).isZero());
      assertThat(bagpipe.trained()).isGreaterThanOrEqualTo(IMAGES);
      assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
    } finally {
      bagpipe.kill();
      run("umount", "--lazy", disk.toString());
    }
  }

  private static void produce(String bootstrap, int from, int to) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", bootstrap,
            "max.block.ms", "30000",
            "request.timeout.ms", "3000",
            "delivery.timeout.ms", "5000");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : TestImages.records(from, to)) {
        producer.send(record);
      }
      producer.flush();
    }
  }

  private static void mount(Path disk, int megabytes) throws Exception {
    Files.createDirectories(disk);
    int code =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.toString());
    if (code != 0) {
      String reason = "cannot mount a small file system (needs root): not tested";
      System.err.println("DiskFullIT: " + reason);
      abort(reason);
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[1 << 12];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException missing) {
      return -1;
    }
  }
}
