package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;
import static io.bagpipe.verticles.config.ValueTypes.size;

import java.util.List;

/** What the student is trained on once more. */
public record RehearsalConfig(double share, int memory, long bytes, Policy policy) {
  /** Who is remembered when not all can be. */
  public enum Policy {
    RESERVOIR,
    FIFO,
    MINIMUM_REDUNDANCY
  }

  private static final double MOST = 0.9;

  static final Key<Double> SHARE =
      new Key<>(
          "rehearsal.share",
          number(0, MOST),
          "0",
          "Share of all anchors that come out of a memory of earlier images, in fresh views; 0"
              + " remembers nothing. What comes in batches of a kind (classes, days, cameras) is else"
              + " forgotten as fast. They are further anchors: half as many again at a third.");
  static final Key<Integer> MEMORY =
      new Key<>(
          "rehearsal.memory",
          integer(1, 16_777_216),
          "5000",
          "Images of a partition that are remembered, at most.");
  static final Key<Long> BYTES =
      new Key<>(
          "rehearsal.bytes",
          size(1 << 20, 1L << 50),
          "64MiB",
          "Bytes of their files and teacher keys, at most. Memory takes up to twice that, and 8 bytes a"
              + " value of their features; topics.memory has them too.");
  static final Key<Policy> POLICY =
      new Key<>(
          "rehearsal.policy",
          choice(Policy.class),
          "reservoir",
          "Who is remembered: each that ever came, equally likely (reservoir); the newest (fifo); or"
              + " those least like another (minimum_redundancy).");

  static final List<Key<?>> KEYS = List.of(SHARE, MEMORY, BYTES, POLICY);

  /** Whether anything is remembered. */
  public boolean isOn() {
    return share > 0;
  }

  static RehearsalConfig from(Values v) {
    return new RehearsalConfig(v.get(SHARE), v.get(MEMORY), v.get(BYTES), v.get(POLICY));
  }
}
