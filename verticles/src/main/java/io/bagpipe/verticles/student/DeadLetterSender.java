package io.bagpipe.verticles.student;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that the student cannot use, on their way to the dead letters. Any thread but an event
 * loop.
 */
final class DeadLetterSender {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);
  private static final long PATIENCE_SECONDS = 60;

  private final ImageSender deadLetters;
  private final int maxRecordBytes;

  DeadLetterSender(Vertx vertx, KafkaSettings kafka, SenderSettings deadLetters) {
    this.deadLetters = new ImageSender(vertx, kafka, deadLetters);
    this.maxRecordBytes = deadLetters.maxRecordBytes();
  }

  /**
   * Waits until the dead letter is written, so that its record may be passed; as long as Kafka is
   * away, if that is not given up.
   *
   * @throws IllegalStateException when it is not written
   */
  void bury(DeadLetter dead, BooleanSupplier givenUp) throws InterruptedException {
    DeadLetter.Written as = dead.within(maxRecordBytes, System.currentTimeMillis());
    String where = dead.record().coordinates();
    while (true) {
      try {
        deadLetters
            .send(as.key(), as.value(), as.headers())
            .toCompletionStage()
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        boolean away = e instanceof TimeoutException || e.getCause() instanceof RetriableException;
        if (!away || givenUp.getAsBoolean()) {
          throw new IllegalStateException("a dead letter could not be written: " + where, e);
        }
        LOG.warn("a dead letter could not be written yet: {}: {}", where, e.toString());
      }
    }
  }

  Future<?> close() {
    return deadLetters.close();
  }
}
