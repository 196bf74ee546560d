package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.time.Duration;
import java.util.List;

/** What of the stream is held out, to see what is forgotten of each era. */
public record ProbeConfig(double share, int images, Duration eraEvery, long eraImages) {
  private static final double MOST = 0.5;

  static final Key<Double> SHARE =
      new Key<>(
          "probe.share",
          number(0, MOST),
          "0",
          "Share of the images, by a hash of their keys, that are never trained nor a member of a bag:"
              + " the first of each era are its probe set, which the student is asked about as long as"
              + " it is trained; 0 holds out none, and knows no eras.");
  static final Key<Integer> IMAGES =
      new Key<>(
          "probe.images",
          integer(20, 2_000),
          "500",
          "Images of a probe set, at most; an era with fewer than 20 has none. The time that a set takes"
              + " grows with the square of it.");
  static final Key<Duration> ERA_EVERY =
      new Key<>(
          "probe.era-every",
          duration(Duration.ZERO, Duration.ofDays(3650)),
          "0s",
          "After how long an era ends, by the timestamps of the records in topics.embeddings, which the teacher wrote; 0s: not by time. A change of the"
              + " stream (drift.detection), an image with a header `era` of a new name, and POST"
              + " /api/era begin one in any case.");
  static final Key<Long> ERA_IMAGES =
      new Key<>(
          "probe.era-images",
          whole(1, Long.MAX_VALUE),
          "1000",
          "Anchors that an era has at least: what would begin another before is passed over.");

  static final List<Key<?>> KEYS = List.of(SHARE, IMAGES, ERA_EVERY, ERA_IMAGES);

  /** Whether anything is held out. */
  public boolean isOn() {
    return share > 0;
  }

  static ProbeConfig from(Values v) {
    return new ProbeConfig(v.get(SHARE), v.get(IMAGES), v.get(ERA_EVERY), v.get(ERA_IMAGES));
  }
}
