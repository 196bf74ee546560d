package io.bagpipe.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images go in through Kafka and come out as a student, every one once, through every stage. */
class PipelineIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void everyImageIsTrainedOnceOrDeadLettered(@TempDir Path data) throws Exception {
    byte[] broken = "not an image".getBytes(UTF_8);
    try (RunningService bagpipe = RunningService.start(data);
        Tape embeddings = bagpipe.tape("embeddings")) {
      List<org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]>> records =
          new ArrayList<>(TestImages.records(0, 100));
      records.add(40, TestImages.record("bad", broken).build());
      records.add(TestImages.record("empty", new byte[0]).build());
      records.add(TestImages.record(null, TestImages.png(100)).build());

      bagpipe.produce(records);

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                embeddings.all(); // before it is trimmed
                return bagpipe.seen() == 101;
              });
      await().atMost(PATIENCE).until(() -> bagpipe.read("images.dlq").size() == 2);
      assertThat(bagpipe.progress().getLong("anchors")).isEqualTo(96);
      assertThat(bagpipe.progress().getLong("pending")).isEqualTo(5);
      deadLettersAreUnchangedAndSayWhy(bagpipe.read("images.dlq"), broken);
      bagsHoldNeighboursOfTheTeachersFeatures(embeddings.all(), bagpipe.read("bags"));
    }
    try (RunningService again = RunningService.start(data)) {
      Checkpoint saved = again.checkpoint();
      assertThat(saved.info().anchors()).isEqualTo(96);
      Ledger.Entry entry = saved.info().ledger().get(0);
      assertThat(entry.count()).isEqualTo(96);
      assertThat(entry.contains(39)).isTrue();
      assertThat(entry.contains(40)).as("the dead letter").isFalse();

      // the five that were left over come again, and eleven more fill the batch
      again.produce(TestImages.records(200, 211));
      await().atMost(PATIENCE).until(() -> again.progress().getLong("anchors") == 112);
      whatACheckpointCostsIsCounted(again);
      // what the teacher has committed is trimmed before long
      await().atMost(PATIENCE).until(() -> again.read("views").isEmpty());
    }
  }

  private static void whatACheckpointCostsIsCounted(RunningService bagpipe) throws Exception {
    JsonObject before = bagpipe.progress();
    bagpipe.ask(Addresses.STUDENT_CHECKPOINT);
    JsonObject after = bagpipe.progress();
    assertThat(after.getLong("checkpoints")).isEqualTo(before.getLong("checkpoints") + 1);
    assertThat(after.getLong("savingNanos")).isGreaterThan(before.getLong("savingNanos"));
    assertThat(after.getLong("busyNanos")).isEqualTo(before.getLong("busyNanos"));
  }

  private static void deadLettersAreUnchangedAndSayWhy(
      List<ConsumerRecord<byte[], byte[]>> dead, byte[] broken) {
    ConsumerRecord<byte[], byte[]> first = dead.get(0);
    assertThat(first.key()).isEqualTo("bad".getBytes(UTF_8));
    assertThat(first.value()).isEqualTo(broken);
    assertThat(header(first, "bagpipe-topic")).isEqualTo("images");
    assertThat(header(first, "bagpipe-partition")).isEqualTo("0");
    assertThat(header(first, "bagpipe-offset")).isEqualTo("40");
    assertThat(header(first, "bagpipe-stage")).isEqualTo("augment");
    assertThat(header(first, "bagpipe-error-class")).isEqualTo("UNKNOWN_FORMAT");
    assertThat(header(first, "bagpipe-message")).isNotBlank();
    assertThat(header(dead.get(1), "bagpipe-error-class")).isEqualTo("EMPTY");
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  /** Every bag against brute force over what the log of embeddings says came before. */
  private static void bagsHoldNeighboursOfTheTeachersFeatures(
      List<ConsumerRecord<byte[], byte[]>> embeddings, List<ConsumerRecord<byte[], byte[]>> bags)
      throws Exception {
    List<EmbeddedAnchor> before = new ArrayList<>();
    for (var record : embeddings) {
      before.addAll(EmbeddingBatch.parseFrom(record.value()).getItemsList());
    }
    Map<String, Integer> position = new HashMap<>();
    for (int i = 0; i < before.size(); i++) {
      position.put(before.get(i).getAnchor().getId().toStringUtf8(), i);
    }
    int withMember = 0;
    for (var record : bags) {
      for (BaggedAnchor anchor : BagBatch.parseFrom(record.value()).getItemsList()) {
        int at = position.get(anchor.getAnchor().getId().toStringUtf8());
        if (at < 8) {
          assertThat(anchor.getMember()).as("stands alone").isEqualTo(-1);
          assertThat(anchor.getMemberKey()).isEqualTo(anchor.getKey());
          continue;
        }
        withMember++;
        assertThat(anchor.getBagCount()).isEqualTo(5);
        List<String> exact = BruteForce.nearest(before, at, 64, 5);
        List<String> found =
            anchor.getBagList().stream().map(n -> n.getId().toStringUtf8()).toList();
        assertThat(found).as("the bag of anchor " + at).isEqualTo(exact);
        String member = found.get(anchor.getMember());
        assertThat(anchor.getMemberKey())
            .as("the member's own teacher key")
            .isEqualTo(before.get(position.get(member)).getKey());
      }
    }
    assertThat(withMember).isEqualTo(101 - 8);
  }

  @Test
  void aRestartDoesNotChangeABit(@TempDir Path data) throws Exception {
    List<Tensor> uninterrupted;
    try (RunningService whole = RunningService.start(data.resolve("whole"))) {
      whole.produce(TestImages.records(0, 160));
      await().atMost(PATIENCE).until(() -> whole.progress().getLong("anchors") == 160);
    }
    try (RunningService look = RunningService.start(data.resolve("whole"))) {
      uninterrupted = weights(look.checkpoint());
    }

    Path other = data.resolve("interrupted");
    for (int to : new int[] {37, 90, 160}) {
      int from = to == 37 ? 0 : to == 90 ? 37 : 90;
      try (RunningService part = RunningService.start(other)) {
        part.produce(TestImages.records(from, to));
        int trained = to / RunningService.BATCH * RunningService.BATCH;
        await().atMost(PATIENCE).until(() -> part.progress().getLong("anchors") == trained);
      }
    }
    try (RunningService look = RunningService.start(other)) {
      List<Tensor> resumed = weights(look.checkpoint());
      for (int i = 0; i < resumed.size(); i++) {
        assertThat(resumed.get(i).data())
            .as(resumed.get(i).name())
            .isEqualTo(uninterrupted.get(i).data());
      }
    }
  }

  private static List<Tensor> weights(Checkpoint checkpoint) {
    return List.copyOf(checkpoint.network().tensors());
  }
}
