package io.bagpipe.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.audit.Auditor;
import io.bagpipe.verticles.service.RunPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody writes to the inner topics what does not belong there, in the middle of a run; or pushes
 * images that are well formed and that the teacher can say nothing of.
 */
class PoisonIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Map<String, String> READERS =
      Map.of("views", "teacher", "embeddings", "bags", "bags", "student");
  private static final byte[] NOISE = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
  private static final int OTHER = Codecs.VERSION + 1;

  @Test
  void everyStageBuriesWhatItCannotReadAndGoesOn(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data)) {
      bagpipe.produce(TestImages.records(0, 80));
      await().atMost(PATIENCE).until(() -> bagpipe.progress().getLong("anchors") == 80);

      bagpipe.produce(poison());
      bagpipe.produce(TestImages.records(80, 160));

      await().atMost(PATIENCE).until(() -> bagpipe.read("images.dlq").size() == 12);
      await().atMost(PATIENCE).until(() -> bagpipe.progress().getLong("anchors") == 160);
      everyOneIsThereUnchangedWithItsReason(bagpipe.read("images.dlq"));
      assertThat(bagpipe.service().failure()).isNotDone();
    }
    // the window is rebuilt from a log with poison in it, and nothing is buried twice
    try (RunningService again = RunningService.start(data)) {
      again.produce(TestImages.records(160, 192));
      await().atMost(PATIENCE).until(() -> again.progress().getLong("anchors") == 192);
      assertThat(again.read("images.dlq")).hasSize(12);
    }
    try (RunningService look = RunningService.start(data)) {
      AuditResult audit =
          new Auditor(look.service().kafka(), "images", "images.dlq")
              .audit(1, RunPlace.ofService(data).checkpoints(), RunningService.BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
      assertThat(audit.trained()).isEqualTo(192);
      assertThat(audit.deadLetters()).as("none of them was an image").isZero();
    }
  }

  /**
   * The teacher of {@code mean-teacher.onnx} says of an image the mean of each of its channels, so
   * that of a black one both outputs have length 0. The model module's TinyOnnx wrote it.
   */
  @Test
  void imagesThatTheTeacherRefusesAreBuriedAsImagesAndTheirNeighboursTrained(@TempDir Path data)
      throws Exception {
    String teacher =
        "teacher.path=" + Path.of(PoisonIT.class.getResource("mean-teacher.onnx").toURI());
    List<ProducerRecord<byte[], byte[]>> images = TestImages.records(0, 82);
    for (int black : new int[] {5, 41}) {
      images.set(black, TestImages.record("img-" + black, TestImages.black()).withLabel(3).build());
    }
    try (RunningService bagpipe = RunningService.start(data, teacher)) {
      bagpipe.produce(images);
      await().atMost(PATIENCE).until(() -> bagpipe.progress().getLong("anchors") == 80);
      assertThat(bagpipe.service().failure()).isNotDone();
    }
    try (RunningService again = RunningService.start(data, teacher)) {
      again.produce(TestImages.records(82, 98));
      await().atMost(PATIENCE).until(() -> again.progress().getLong("anchors") == 96);
      List<ConsumerRecord<byte[], byte[]>> dead = again.read("images.dlq");
      assertThat(dead)
          .extracting(letter -> header(letter, "bagpipe-offset"))
          .containsExactly("5", "41");
      for (ConsumerRecord<byte[], byte[]> letter : dead) {
        String offset = header(letter, "bagpipe-offset");
        assertThat(new String(letter.key(), UTF_8)).isEqualTo("img-" + offset);
        assertThat(letter.value()).isEqualTo(TestImages.black());
        assertThat(header(letter, "label")).isEqualTo("3");
        assertThat(header(letter, "bagpipe-topic")).isEqualTo("images");
        assertThat(header(letter, "bagpipe-stage")).isEqualTo("teacher");
        assertThat(header(letter, "bagpipe-error-class")).isEqualTo("TEACHER_REFUSED");
        assertThat(header(letter, "bagpipe-message")).contains("features has length 0");
      }
    }
    try (RunningService look = RunningService.start(data, teacher)) {
      AuditResult audit =
          new Auditor(look.service().kafka(), "images", "images.dlq")
              .audit(1, RunPlace.ofService(data).checkpoints(), RunningService.BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
      assertThat(audit.trained()).isEqualTo(96);
      assertThat(audit.deadLetters()).isEqualTo(2);
      assertThat(audit.waiting()).isZero();
    }
  }

  /** Four for each inner topic: noise, an empty value, none, a batch of another version. */
  private static List<ProducerRecord<byte[], byte[]>> poison() {
    Map<String, byte[]> newer =
        Map.of(
            "views", ViewBatch.newBuilder().setVersion(OTHER).build().toByteArray(),
            "embeddings", EmbeddingBatch.newBuilder().setVersion(OTHER).build().toByteArray(),
            "bags", BagBatch.newBuilder().setVersion(OTHER).build().toByteArray());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    newer.forEach(
        (topic, other) -> {
          for (byte[] value : new byte[][] {NOISE, {}, null, other}) {
            records.add(new ProducerRecord<>(topic, 0, topic.getBytes(UTF_8), value));
          }
        });
    return records;
  }

  private static void everyOneIsThereUnchangedWithItsReason(
      List<ConsumerRecord<byte[], byte[]>> dead) {
    Map<String, List<ConsumerRecord<byte[], byte[]>>> byTopic =
        dead.stream().collect(Collectors.groupingBy(record -> header(record, "bagpipe-topic")));
    assertThat(byTopic.keySet()).isEqualTo(READERS.keySet());
    byTopic.forEach(
        (topic, records) -> {
          assertThat(records).as(topic).hasSize(4);
          assertThat(records.get(0).value()).isEqualTo(NOISE);
          assertThat(records.get(1).value()).isEmpty();
          assertThat(records.get(2).value()).isNull();
          assertThat(header(records.get(3), "bagpipe-message")).contains("version " + OTHER);
          for (ConsumerRecord<byte[], byte[]> record : records) {
            assertThat(new String(record.key(), UTF_8)).isEqualTo(topic);
            assertThat(header(record, "bagpipe-stage")).isEqualTo(READERS.get(topic));
            assertThat(header(record, "bagpipe-error-class")).endsWith("PoisonRecordException");
            assertThat(header(record, "bagpipe-message")).isNotBlank();
            assertThat(Long.parseLong(header(record, "bagpipe-offset"))).isPositive();
          }
        });
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
