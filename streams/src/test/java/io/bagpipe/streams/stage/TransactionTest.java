package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<Map<String, Object>> properties = new ArrayList<>();
  private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
  private final StageSettings settings =
      new StageSettings(
          "copy",
          IntakeSettings.of("in", "g", "one", QueueLimits.of(40, 1 << 20)),
          "out",
          Topics.named().deadLetters(),
          new BatchLimits(5, 1 << 20, Duration.ZERO),
          StageSettings.TransactionLimits.defaults(),
          null);
  private final ProducerPair producers =
      new ProducerPair(
          KafkaSettings.of("127.0.0.1:1"),
          settings,
          with -> {
            properties.add(with);
            made.add(
                new MockProducer<>(
                    false, null, new ByteArraySerializer(), new ByteArraySerializer()));
            return made.get(made.size() - 1);
          });

  private static SentRecord sent(InFlight inFlight, long bytes) {
    return new SentRecord(0, bytes, inFlight);
  }

  @Test
  void bothIdsAreLockedBeforeAnythingIsDoneAndProducersTakeTurns() {
    producers.ensureReady();

    assertThat(properties)
        .extracting(p -> p.get("transactional.id"))
        .containsExactly("bagpipe-copy-one", "bagpipe-copy-one/2");
    assertThat(made).allMatch(MockProducer::transactionInitialized);
    assertThat(properties).extracting(p -> p.get("retry.backoff.ms")).containsOnly("20");
    TransactionalProducer first = producers.next();
    assertThat(producers.next()).isNotSameAs(first);
    assertThat(producers.next()).isSameAs(first);
  }

  @Test
  void anAbortEndsBothTransactions() {
    producers.ensureReady();
    producers.next().begin();
    producers.next().begin();

    producers.abort();

    assertThat(made).allMatch(MockProducer::transactionAborted);
  }

  @Test
  void whereOneCannotAbortTheOtherIsGivenUpAndBothAreMadeAnew() {
    producers.ensureReady();
    producers.next().begin();
    producers.next().begin();
    made.get(0).abortTransactionException = new IllegalStateException("injected");

    producers.abort();
    producers.ensureReady();

    assertThat(made).hasSize(4);
    assertThat(made.subList(0, 2)).allMatch(MockProducer::closed);
    assertThat(made.get(1).transactionAborted()).isFalse();
  }

  @Test
  void whatIsInFlightIsCountedUntilItIsWrittenOrHasFailed() throws Exception {
    InFlight inFlight = new InFlight();
    SentRecord written = sent(inFlight, 100);
    SentRecord failed = sent(inFlight, 0);
    assertThat(inFlight.await(50, SOON)).isFalse();

    written.onCompletion(null, null);
    assertThat(inFlight.await(50, SOON)).isTrue();
    assertThat(inFlight.await(0, SOON)).isFalse();

    failed.onCompletion(null, new IllegalStateException("injected"));
    assertThat(inFlight.await(0, SOON)).isTrue();
  }
}
