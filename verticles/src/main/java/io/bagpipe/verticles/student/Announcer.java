package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.proto.StudentAnnouncement;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the student says to Kafka: each new student in the compacted {@code students} topic, and
 * records it cannot use in the dead letters. Any thread but an event loop.
 */
final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final long PATIENCE_SECONDS = 60;

  private final Seat seat;
  private final ImageSender deadLetters;
  private final int maxRecordBytes;

  /**
   * @param seat that what is announced goes out by; whoever made it closes it
   */
  Announcer(Vertx vertx, KafkaSettings kafka, Seat seat, SenderSettings deadLetters) {
    this.seat = seat;
    this.deadLetters = new ImageSender(vertx, kafka, deadLetters);
    this.maxRecordBytes = deadLetters.maxRecordBytes();
  }

  /** Announces a student that has just been saved; does not wait. */
  void announce(CheckpointInfo info, Path file) {
    StudentAnnouncement.Builder said =
        StudentAnnouncement.newBuilder()
            .setVersion(Codecs.VERSION)
            .setRun(info.runId())
            .setAnchors(info.anchors())
            .setArchitecture(info.student().architecture().family().torchvisionName())
            .setCheckpoint(String.valueOf(file.getFileName()));
    Double loss = info.metrics().loss();
    if (loss != null) {
      said.setLoss(loss);
    }
    Double knn = info.metrics().knnTop1();
    if (knn != null) {
      said.setKnnTop1(knn);
    }
    seat.announce(said.build(), file);
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
