package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.size;

import java.time.Duration;
import java.util.List;

/** The bounded queues inside a stage. */
public record StagesConfig(
    int queueHigh,
    int queueLow,
    long queueBytes,
    Duration linger,
    int augmentThreads,
    DrawViews drawViews) {
  /** Which stage draws the views of an image. */
  public enum DrawViews {
    AUTO,
    AUGMENT,
    TEACHER
  }

  static final Key<Integer> QUEUE_HIGH =
      new Key<>(
          "stages.queue-high",
          integer(1, 1_000_000),
          "256",
          "Records read and not yet handled at which a stage pauses its partitions.");
  static final Key<Integer> QUEUE_LOW =
      new Key<>(
          "stages.queue-low",
          integer(0, 1_000_000),
          "64",
          "Records read and not yet handled at which it resumes them.");
  static final Key<Long> QUEUE_BYTES =
      new Key<>(
          "stages.queue-bytes",
          size(65536, 1L << 40),
          "128MiB",
          "Bytes of such records at which it pauses them too; it resumes them at a quarter. Memory of"
              + " each stage; what was fetched last may come on top of it once.");
  static final Key<Duration> LINGER =
      new Key<>(
          "stages.linger",
          duration(Duration.ZERO, Duration.ofMinutes(1)),
          "50ms",
          "How long an incomplete batch of images waits for more before it goes on.");
  static final Key<Integer> AUGMENT_THREADS =
      new Key<>(
          "stages.augment-threads",
          integer(0, 1024),
          "0",
          "Threads that decode and draw views; 0 takes all cores.");
  static final Key<DrawViews> DRAW_VIEWS =
      new Key<>(
          "stages.draw-views",
          choice(DrawViews.class),
          "auto",
          "Which stage draws them. augment: they travel as pixels. teacher: the file travels to the"
              + " teacher stage, and what goes on from there is packed without loss; a third of the"
              + " bytes at 224 pixels. The same pixels either way. auto: teacher from views.size 64"
              + " on.");

  static final List<Key<?>> KEYS =
      List.of(QUEUE_HIGH, QUEUE_LOW, QUEUE_BYTES, LINGER, AUGMENT_THREADS, DRAW_VIEWS);

  public StagesConfig {
    if (queueLow >= queueHigh) {
      throw new ConfigException(
          "stages.queue-low: \""
              + queueLow
              + "\" is not valid; expected less than stages.queue-high ("
              + queueHigh
              + ")");
    }
  }

  static StagesConfig from(Values v) {
    return new StagesConfig(
        v.get(QUEUE_HIGH),
        v.get(QUEUE_LOW),
        v.get(QUEUE_BYTES),
        v.get(LINGER),
        v.get(AUGMENT_THREADS),
        v.get(DRAW_VIEWS));
  }
}
