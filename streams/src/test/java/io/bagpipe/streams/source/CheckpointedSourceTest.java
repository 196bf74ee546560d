package io.bagpipe.streams.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CheckpointedSourceTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  private final List<CheckpointedSource> sources = new ArrayList<>();

  @AfterEach
  void stopSources() {
    sources.forEach(s -> TestKafka.await(s.stop()));
  }

  private CheckpointedSource start(long position, int highRecords) {
    String bags = kafka.topics().bags();
    CheckpointedSource source =
        new CheckpointedSource(
            kafka.vertx(),
            kafka.settings(),
            IntakeSettings.of(bags, bags + "-g", "one", QueueLimits.of(highRecords, 1 << 20)),
            partition -> position);
    sources.add(source);
    TestKafka.await(source.start());
    return source;
  }

  private void produce(int from, int to) {
    IntStream.range(from, to).forEach(i -> kafka.produce(kafka.topics().bags(), 0, "v" + i));
    kafka.flush();
  }

  private static List<String> take(CheckpointedSource source, int count) throws Exception {
    List<String> values = new ArrayList<>();
    while (values.size() < count) {
      InputRecord record = source.take(Duration.ofSeconds(20));
      assertThat(record).as("after %s", values).isNotNull();
      values.add(new String(record.value(), StandardCharsets.UTF_8));
    }
    return values;
  }

  private static List<String> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
  }

  @Test
  void itStartsWhereTheCheckpointSaysWhateverWasCommitted() throws Exception {
    kafka.createTopics(1);
    produce(0, 50);
    CheckpointedSource first = start(0, 100);
    assertThat(take(first, 50)).isEqualTo(values(0, 50));
    first.commitProgress(0, 50);
    String bags = kafka.topics().bags();
    await()
        .until(() -> TestKafka.await(kafka.admin().lag(bags + "-g", bags)).equals(Map.of(0, 0L)));
    TestKafka.await(first.stop());

    CheckpointedSource second = start(20, 100);

    assertThat(take(second, 30)).isEqualTo(values(20, 50));
    await()
        .until(() -> TestKafka.await(kafka.admin().lag(bags + "-g", bags)).equals(Map.of(0, 30L)));
  }

  @Test
  void aSlowTrainerFillsTheQueueOnlyToItsMark() throws Exception {
    kafka.createTopics(1);
    produce(0, 500);
    CheckpointedSource source = start(0, 20);
    assertThat(take(source, 1)).isEqualTo(values(0, 1));

    await().until(() -> !source.status().open());
    await().during(Duration.ofMillis(500)).until(() -> source.status().queuedRecords() <= 30);

    assertThat(take(source, 499)).isEqualTo(values(1, 500));
  }

  @Test
  void aGapBeforeTheLogIsTypedAndNamesBothOffsets() {
    kafka.createTopics(1);
    produce(0, 50);
    assertThat(TestKafka.await(kafka.admin().trim(kafka.topics().bags(), 0, 30))).isEqualTo(30);

    CheckpointedSource source = start(10, 100);

    assertThatThrownBy(() -> take(source, 1))
        .isInstanceOf(SourceFailedException.class)
        .cause()
        .isInstanceOfSatisfying(
            GapException.class,
            gap -> {
              assertThat(gap.topic()).isEqualTo(kafka.topics().bags());
              assertThat(gap.partition()).isZero();
              assertThat(gap.wantedOffset()).isEqualTo(10);
              assertThat(gap.earliestOffset()).isEqualTo(30);
            });
    assertThat(source.failure().cause()).isInstanceOf(GapException.class);
  }

  @Test
  void takeReturnsNullInTimeAndAfterTheStop() throws Exception {
    kafka.createTopics(1);
    CheckpointedSource source = start(0, 100);

    assertThat(source.take(Duration.ofMillis(50))).isNull();
    TestKafka.await(source.stop());
    assertThat(source.take(Duration.ofSeconds(30))).isNull();
  }

  @Test
  void aRangeOfTheLogIsReadInOrderAndBounded() throws Exception {
    kafka.createTopics(1);
    produce(0, 300);
    List<Long> offsets = new ArrayList<>();
    try (LogReader reader = new LogReader(kafka.settings())) {
      long count =
          reader.read(kafka.topics().bags(), 0, 100, 250, record -> offsets.add(record.offset()));

      assertThat(count).isEqualTo(150);
      assertThat(offsets).isEqualTo(IntStream.range(100, 250).mapToObj(i -> (long) i).toList());
      assertThat(reader.end(kafka.topics().bags(), 0)).isEqualTo(300);
      TestKafka.await(kafka.admin().trim(kafka.topics().bags(), 0, 101));
      assertThatThrownBy(() -> reader.read(kafka.topics().bags(), 0, 100, 250, record -> {}))
          .isInstanceOf(GapException.class);
    }
  }
}
