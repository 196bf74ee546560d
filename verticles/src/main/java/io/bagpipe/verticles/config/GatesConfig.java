package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.size;

import java.time.Duration;
import java.util.List;

/**
 * How far a stage may run ahead of the one downstream: bytes bound it, batches are what is allowed
 * in any case within these, and a fast stream is allowed more of them.
 */
public record GatesConfig(
    int highBatches, int lowBatches, long highBytes, long lowBytes, Duration ahead) {
  static final Key<Integer> HIGH_BATCHES =
      new Key<>(
          "gates.high-batches",
          integer(1, 1_000_000),
          "32",
          "Lag of the consumer downstream, in batches, at which a stage stops producing; a fast consumer"
              + " may be further behind, by gates.ahead.");
  static final Key<Integer> LOW_BATCHES =
      new Key<>(
          "gates.low-batches",
          integer(0, 1_000_000),
          "8",
          "Lag, in batches, at which it produces again.");
  static final Key<Long> HIGH_BYTES =
      new Key<>(
          "gates.high-bytes",
          size(65536, 1L << 50),
          "256MiB",
          "Lag of the consumer downstream, in bytes, at which a stage stops producing.");
  static final Key<Long> LOW_BYTES =
      new Key<>(
          "gates.low-bytes",
          size(0, 1L << 50),
          "64MiB",
          "Lag, in bytes, at which it produces again.");
  static final Key<Duration> AHEAD =
      new Key<>(
          "gates.ahead",
          duration(Duration.ZERO, Duration.ofMinutes(10)),
          "2s",
          "What the consumer downstream takes in this time may wait before it, however many batches that"
              + " is, within gates.high-bytes. The lag is looked at five times a second.");

  static final List<Key<?>> KEYS = List.of(HIGH_BATCHES, LOW_BATCHES, HIGH_BYTES, LOW_BYTES, AHEAD);

  public GatesConfig {
    if (lowBatches >= highBatches) {
      throw new ConfigException(
          "gates.low-batches: \""
              + lowBatches
              + "\" is not valid; expected less than gates.high-batches ("
              + highBatches
              + ")");
    }
    if (lowBytes >= highBytes) {
      throw new ConfigException(
          "gates.low-bytes: \""
              + ValueTypes.printSize(lowBytes)
              + "\" is not valid; expected less than gates.high-bytes ("
              + ValueTypes.printSize(highBytes)
              + ")");
    }
  }

  static GatesConfig from(Values v) {
    return new GatesConfig(
        v.get(HIGH_BATCHES), v.get(LOW_BATCHES), v.get(HIGH_BYTES), v.get(LOW_BYTES), v.get(AHEAD));
  }
}
