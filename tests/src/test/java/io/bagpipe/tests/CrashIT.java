package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.network.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process, killed at random moments: nothing lost, nothing twice, the same bits. More
 * kills than the few of an ordinary build: {@code -Dbagpipe.kills=25}; the moments: {@code
 * -Dbagpipe.seed=N}.
 */
class CrashIT {
  private static final int IMAGES = 3_840;
  private static final int BATCH = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final List<String> SETS =
      List.of(
          "student.width=12",
          "train.batch=" + BATCH,
          "train.queue=256",
          "train.horizon-images=5000",
          "bags.window=300",
          "checkpoint.every=1h",
          "checkpoint.every-images=" + 2 * BATCH,
          "stages.linger=20ms");

  @Test
  void killedAnywhereItLosesNothingAndRepeatsNothing(@TempDir Path data) throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    int kills = Integer.getInteger("bagpipe.kills", 5);
    Random random = new Random(seed);
    BagpipeProcess whole = new BagpipeProcess(data.resolve("whole"), SETS);
    BagpipeProcess killed = new BagpipeProcess(data.resolve("killed"), SETS);

    try {
      whole.run();
      produce(whole.bootstrap());
      finish(whole);

      killed.run();
      produce(killed.bootstrap());
      for (int i = 0; i < kills; i++) {
        // any moment of start, restore or training; the process may not have ended before
        boolean ended = killed.waitFor(500 + random.nextInt(7_000));
        assertThat(ended).as("seed %d: %s", seed, killed.said()).isFalse();
        killed.kill();
        killed.run();
      }
      finish(killed);
    } finally {
      whole.kill();
      killed.kill();
    }

    assertThat(weights(killed.checkpoint()))
        .as("seed %d, %d kills: the weights", seed, kills)
        .isEqualTo(weights(whole.checkpoint()));
  }

  /** Waits until all is trained, audits beside the running service, and stops it by SIGTERM. */
  private static void finish(BagpipeProcess bagpipe) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(bagpipe.isAlive()).as(bagpipe.said()).isTrue();
              return bagpipe.trained() == IMAGES;
            });
    assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
    assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
  }

  private static void produce(String bootstrap) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("max.block.ms", "120000");
    properties.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    properties.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    try (var producer = new KafkaProducer<byte[], byte[]>(properties)) {
      for (ProducerRecord<byte[], byte[]> record : TestImages.records(0, IMAGES)) {
        producer.send(record);
      }
      producer.flush();
    }
  }

  private static List<List<Float>> weights(Checkpoint checkpoint) {
    return checkpoint.trainer().network().tensors().stream().map(CrashIT::values).toList();
  }

  private static List<Float> values(Tensor tensor) {
    List<Float> values = new ArrayList<>(tensor.data().length);
    for (float value : tensor.data()) {
      values.add(value);
    }
    return values;
  }
}
