package io.bagpipe.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IntakeTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  private final AtomicReference<Throwable> fatal = new AtomicReference<>();
  private final AtomicLong start = new AtomicLong();
  private final List<Intake> intakes = new ArrayList<>();

  @AfterEach
  void stopIntakes() {
    intakes.forEach(i -> TestKafka.await(i.stop()));
  }

  private Intake start(OnGap onGap, Map<String, String> properties) {
    String images = kafka.topics().images();
    Intake intake =
        new Intake(
            kafka.vertx(),
            kafka.settings(properties),
            IntakeSettings.of(images, images + "-g", "one", QueueLimits.of(10, 1 << 20))
                .withOnGap(onGap),
            (partition, committed, earliest) -> start.get(),
            fatal::set);
    intakes.add(intake);
    TestKafka.await(intake.start());
    return intake;
  }

  private void produce(int from, int to) {
    IntStream.range(from, to).forEach(i -> kafka.produce(kafka.topics().images(), 0, "v" + i));
    kafka.flush();
  }

  /** The next records, and a mark where the partition was claimed or lost. */
  private static List<String> take(Intake intake, int count) throws InterruptedException {
    List<String> taken = new ArrayList<>();
    while (taken.size() < count) {
      Delivery delivery =
          intake.queue().next(BatchLimits.single(), () -> true, 20, TimeUnit.SECONDS);
      assertThat(delivery).as("after %s", taken).isNotNull();
      if (delivery instanceof Delivery.Batch batch) {
        InputRecord record = batch.records().get(0);
        taken.add(new String(record.value(), StandardCharsets.UTF_8));
      } else {
        taken.add(delivery instanceof Delivery.Lost ? "lost" : "claimed");
      }
    }
    return taken;
  }

  /** The queue holds ten records, and the consumer is paused behind them. */
  private Intake full() throws InterruptedException {
    kafka.createTopics(1);
    IntStream.range(0, 100).forEach(i -> produce(i, i + 1));
    // a batch of one record at a time, so that what lies behind is fetched later
    Intake intake =
        start(OnGap.STOP, Map.of("fetch.max.bytes", "1", "max.partition.fetch.bytes", "1"));
    assertThat(take(intake, 1)).containsExactly("claimed");
    await().until(() -> !intake.status().open());
    return intake;
  }

  @Test
  void aConsumerThatWasOvertakenAndTrimmedAwayGoesOnWhereTheGroupIs() throws Exception {
    Intake intake = full();

    // what another member did while this one was stopped
    start.set(70);
    TestKafka.await(kafka.admin().trim(kafka.topics().images(), 0, 70));
    List<String> taken = new ArrayList<>();
    while (!taken.contains("v99")) {
      taken.addAll(take(intake, 1));
    }

    int lost = taken.indexOf("lost");
    assertThat(taken.subList(0, lost))
        .isEqualTo(IntStream.range(0, lost).mapToObj(i -> "v" + i).toList());
    assertThat(taken.subList(lost, lost + 4)).containsExactly("lost", "claimed", "v70", "v71");
    assertThat(taken).hasSize(lost + 2 + 30);
    assertThat(fatal.get()).isNull();
  }

  @Test
  void aPlaceThatIsGoneForGoodIsAGap() throws Exception {
    Intake intake = full();

    start.set(20);
    TestKafka.await(kafka.admin().trim(kafka.topics().images(), 0, 70));
    take(intake, 6);

    await().until(() -> fatal.get() != null);
    assertThat(fatal.get())
        .isInstanceOf(GapException.class)
        .hasMessageContaining("position 20 wanted, the log has 70 to 100: 50 offsets before it")
        .hasMessageContaining("topics.on-gap=earliest");
  }

  @Test
  void aGapIsPassedWhereThatIsAskedFor() throws Exception {
    kafka.createTopics(1);
    produce(0, 50);
    TestKafka.await(kafka.admin().trim(kafka.topics().images(), 0, 30));
    start.set(10);

    Intake intake = start(OnGap.EARLIEST, Map.of());

    assertThat(take(intake, 3)).containsExactly("claimed", "v30", "v31");
    assertThat(fatal.get()).isNull();
  }

  @Test
  void anEndThatWasLostIsAGapWhateverIsAskedFor() {
    kafka.createTopics(1);
    produce(0, 50);
    start.set(80);

    start(OnGap.EARLIEST, Map.of());

    await().atMost(Duration.ofSeconds(30)).until(() -> fatal.get() != null);
    assertThat(fatal.get()).isInstanceOf(GapException.class).hasMessageContaining("lost its end");
  }

  @Test
  void anErrorInAPollEndsTheIntakeAndIsTold() {
    kafka.createTopics(1);
    produce(0, 5);

    start(OnGap.STOP, Map.of("interceptor.classes", OutOfMemory.class.getName()));

    await().until(() -> fatal.get() != null);
    assertThat(fatal.get())
        .hasMessageContaining("direct memory")
        .hasRootCauseInstanceOf(Error.class);
  }

  @Test
  void recordsThatUnpackToMuchDoNotOverrunTheQueue() throws Exception {
    kafka.createTopics(1);
    int large = 1 << 20;
    String images = kafka.topics().images();
    try (Producer<byte[], byte[]> packing =
        new KafkaProducer<>(
            kafka
                .settings()
                .producer(
                    Map.of("compression.type", "lz4", "linger.ms", "50", "batch.size", "16777216"),
                    Map.of("max.request.size", "67108864", "buffer.memory", "134217728")))) {
      for (int i = 0; i < 48; i++) {
        packing.send(new ProducerRecord<>(images, 0, null, new byte[large]));
      }
    }
    Intake intake =
        new Intake(
            kafka.vertx(),
            kafka.settings(),
            IntakeSettings.of(images, images + "-g", "one", QueueLimits.of(200, 4L * large))
                .withMaxRecordBytes(large),
            (partition, committed, earliest) -> earliest,
            fatal::set);
    intakes.add(intake);
    TestKafka.await(intake.start());
    await().until(() -> !intake.status().open());

    assertThat(intake.status().queuedBytes()).isBetween(4L * large, 8L * large);
    int taken = 0;
    while (taken < 48) {
      Delivery next = intake.queue().next(BatchLimits.single(), () -> true, 20, TimeUnit.SECONDS);
      taken += next instanceof Delivery.Batch batch ? batch.records().size() : 0;
      assertThat(intake.status().queuedBytes()).isLessThanOrEqualTo(8L * large);
    }
  }

  /** Direct memory that ends while records are read. */
  public static final class OutOfMemory implements ConsumerInterceptor<byte[], byte[]> {
    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
      throw new OutOfMemoryError("Cannot reserve 8388608 bytes of direct memory");
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> properties) {}
  }
}
