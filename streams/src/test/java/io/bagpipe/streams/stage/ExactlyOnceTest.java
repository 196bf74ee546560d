package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.streams.testing.ChildProcess;
import io.bagpipe.streams.testing.TestKafka;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExactlyOnceTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  @TempDir Path directory;

  /** Fails one commit in three, in one of three ways. */
  private static final class Faulty extends KafkaProducer<byte[], byte[]> {
    private final Random random;
    private final AtomicInteger[] faults;
    private boolean cannotAbort;

    Faulty(Map<String, Object> properties, Random random, AtomicInteger[] faults) {
      super(properties);
      this.random = random;
      this.faults = faults;
    }

    @Override
    public void commitTransaction() {
      int way = random.nextInt(9);
      if (way < 3) {
        faults[way].incrementAndGet();
      }
      switch (way) {
        case 0 -> throw new KafkaException("injected: not committed, can be aborted");
        case 1 -> {
          cannotAbort = true;
          throw new TimeoutException("injected: in doubt, not committed");
        }
        case 2 -> {
          super.commitTransaction();
          cannotAbort = true;
          throw new TimeoutException("injected: in doubt, committed");
        }
        default -> super.commitTransaction();
      }
    }

    @Override
    public void abortTransaction() {
      if (cannotAbort) {
        throw new IllegalStateException("injected: the commit timed out, no abort now");
      }
      super.abortTransaction();
    }
  }

  private static List<String> values(int count) {
    return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
  }

  @Test
  void commitsThatFailOrLeaveADoubtLoseAndRepeatNothing() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    AtomicInteger[] faults = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    Topics topics = kafka.createTopics(2);
    IntStream.range(0, 400).forEach(i -> kafka.produce(topics.images(), 0, "v" + i));
    IntStream.range(0, 400).forEach(i -> kafka.produce(topics.images(), 1, "v" + i));
    kafka.flush();
    StageSettings settings = StageChild.settings(topics);
    AtomicInteger worked = new AtomicInteger();
    AtomicInteger assigned = new AtomicInteger();
    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(),
            kafka.settings(),
            settings,
            new StageFunction() {
              @Override
              public StageOutput apply(List<InputRecord> batch) throws Exception {
                Thread.sleep(10);
                worked.addAndGet(batch.size());
                return StageFixture.copy(batch);
              }

              @Override
              public void assigned(int partition, long committedOffset) {
                assigned.incrementAndGet();
              }
            },
            new TransactionalProducer(kafka.settings(), settings) {
              @Override
              Producer<byte[], byte[]> create(Map<String, Object> with) {
                return new Faulty(with, random, faults);
              }
            });
    TestKafka.await(stage.start());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(stage.status().recordsIn()).isEqualTo(800));
    TestKafka.await(stage.stop(Duration.ofSeconds(10)));

    assertThat(faults[0].get() + faults[1].get() + faults[2].get()).isPositive();
    assertThat(stage.status().aborts()).isPositive();
    assertThat(kafka.readValues(topics.views(), 0)).isEqualTo(values(400));
    assertThat(kafka.readValues(topics.views(), 1)).isEqualTo(values(400));
    // finished work outlives the faults: nothing is computed twice, no state is thrown away
    assertThat(worked).hasValue(800);
    assertThat(assigned).hasValue(2);
  }

  @Test
  void aFaultThatIsOverIsForgottenThoughThereIsNothingToDo() {
    Topics topics = kafka.createTopics(1);
    // nothing but an aborted transaction: only the position moves
    try (Producer<byte[], byte[]> aborting =
        new KafkaProducer<>(
            kafka.settings().producer(Map.of(), Map.of("transactional.id", topics.images())))) {
      aborting.initTransactions();
      aborting.beginTransaction();
      aborting.send(new ProducerRecord<>(topics.images(), 0, null, new byte[1]));
      aborting.flush();
      aborting.abortTransaction();
    }
    StageSettings settings = StageChild.settings(topics);
    AtomicInteger commits = new AtomicInteger();
    AtomicBoolean failing = new AtomicBoolean(true);
    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(),
            kafka.settings(),
            settings,
            StageFixture::copy,
            new TransactionalProducer(kafka.settings(), settings) {
              @Override
              Producer<byte[], byte[]> create(Map<String, Object> with) {
                return new KafkaProducer<>(with) {
                  @Override
                  public void commitTransaction() {
                    commits.incrementAndGet();
                    if (failing.get()) {
                      throw new KafkaException("injected");
                    }
                    super.commitTransaction();
                  }
                };
              }
            });
    TestKafka.await(stage.start());
    await().until(() -> stage.status().state() == StageState.BACKING_OFF);
    failing.set(false);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(commits).hasValueGreaterThan(1);
              assertThat(stage.status().fault()).isNull();
            });
    assertThat(stage.status().state()).isEqualTo(StageState.RUNNING);
    TestKafka.await(stage.stop(Duration.ofSeconds(5)));
  }

  @Test
  void aKilledProcessGetsItsPartitionsBackAtOnceAndRepeatsNothing() throws Exception {
    Topics topics = kafka.createTopics(1);
    IntStream.range(0, 600).forEach(i -> kafka.produce(topics.images(), 0, "v" + i));
    kafka.flush();
    String prefix = topics.images().replace("images", "");
    try (ChildProcess child =
        ChildProcess.start(StageChild.class, kafka.settings().bootstrapServers(), prefix)) {
      child.awaitLine("WORKING");
      child.kill();
    }

    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(), kafka.settings(), StageChild.settings(topics), StageFixture::copy);
    TestKafka.await(stage.start());
    // well within the session timeout of 15 s, which a stranger would have to sit out
    await().atMost(Duration.ofSeconds(8)).until(() -> stage.status().recordsIn() > 0);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                TestKafka.await(kafka.admin().lag(topics.images() + "-g", topics.images()))
                    .equals(Map.of(0, 0L)));
    TestKafka.await(stage.stop(Duration.ofSeconds(5)));

    assertThat(stage.status().recordsIn()).isLessThanOrEqualTo(580);
    assertThat(kafka.readValues(topics.views(), 0)).isEqualTo(values(600));
  }

  @Test
  void aBrokerThatGoesAwayAndComesBackLosesAndRepeatsNothing() throws Exception {
    Vertx vertx = kafka.vertx();
    Topics topics = Topics.named();
    EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory));
    KafkaSettings settings = KafkaSettings.of(broker.bootstrapServers());
    TransactionalStage stage =
        new TransactionalStage(
            vertx,
            settings,
            StageChild.settings(topics),
            batch -> {
              Thread.sleep(10);
              return StageFixture.copy(batch);
            });
    try {
      TopicAdmin admin = new TopicAdmin(vertx, settings);
      TestKafka.await(admin.ensure(topics, TopicSettings.defaults()));
      ImageSender sender = new ImageSender(vertx, settings, SenderSettings.to(topics.images()));
      for (String value : values(500)) {
        sender.send(null, value.getBytes(StandardCharsets.UTF_8), Map.of());
      }
      TestKafka.await(sender.close());
      TestKafka.await(admin.close());
      TestKafka.await(stage.start());
      await().until(() -> stage.status().recordsIn() > 50);

      broker.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> stage.status().state() == StageState.BACKING_OFF);
      assertThat(stage.status().fault()).isNotNull();
      broker = EmbeddedBroker.start(BrokerSettings.in(directory).withPort(broker.port()));

      await()
          .atMost(Duration.ofSeconds(45))
          .untilAsserted(() -> assertThat(stage.status().recordsIn()).isEqualTo(500));
      assertThat(stage.status().state()).isEqualTo(StageState.RUNNING);
      TestKafka.await(stage.stop(Duration.ofSeconds(5)));
      List<String> read = new ArrayList<>();
      try (LogReader reader = new LogReader(settings)) {
        reader.read(
            topics.views(),
            0,
            0,
            Long.MAX_VALUE,
            r -> read.add(new String(r.value(), StandardCharsets.UTF_8)));
      }
      assertThat(read).isEqualTo(values(500));
    } finally {
      TestKafka.await(stage.stop(Duration.ofSeconds(1)));
      broker.close();
    }
  }
}
