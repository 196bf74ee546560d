package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stages on a broker, stopped after each test, and what goes in and comes out of them. */
abstract class StageFixture {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  final List<TransactionalStage> stages = new ArrayList<>();

  @AfterEach
  void stopStages() {
    stages.forEach(s -> TestKafka.await(s.stop(Duration.ofSeconds(5))));
  }

  StageSettings settings(String instance, LagGate.Settings gate) {
    Topics topics = kafka.topics();
    return new StageSettings(
        topics.images().replace("-images", ""),
        IntakeSettings.of(
            topics.images(), topics.images() + "-g", instance, QueueLimits.of(40, 1 << 20)),
        topics.views(),
        topics.deadLetters(),
        Set.of(topics.memory()),
        new BatchLimits(7, 1 << 20, Duration.ofMillis(5)),
        new StageSettings.TransactionLimits(
            Duration.ofMillis(20), 1 << 20, Duration.ofSeconds(10), 1 << 20, "lz4"),
        gate);
  }

  final TransactionalStage start(StageFunction function) {
    return start("one", function, Map.of(), null);
  }

  final TransactionalStage start(
      String instance,
      StageFunction function,
      Map<String, String> properties,
      LagGate.Settings gate) {
    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(), kafka.settings(properties), settings(instance, gate), function);
    stages.add(stage);
    TestKafka.await(stage.start());
    return stage;
  }

  static StageOutput copy(List<InputRecord> batch) {
    return StageOutput.of(batch.stream().map(r -> OutputRecord.of(r.key(), r.value())).toList());
  }

  static String text(InputRecord record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  final void produce(int partition, int from, int to) {
    IntStream.range(from, to)
        .forEach(i -> kafka.produce(kafka.topics().images(), partition, "v" + i));
    kafka.flush();
  }

  static List<String> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
  }

  final void awaitIn(TransactionalStage stage, long records) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(stage.status().recordsIn()).isEqualTo(records));
  }

  /** A commit is known a moment before its markers show its records to readers. */
  final void awaitViews(int partition, List<String> expected) {
    await()
        .untilAsserted(
            () ->
                assertThat(kafka.readValues(kafka.topics().views(), partition))
                    .isEqualTo(expected));
  }
}
