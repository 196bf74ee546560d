package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;

import java.util.List;

/** How the stream is watched for changes, and what a change leads to. */
public record DriftConfig(
    Detection detection, int reference, int window, double runLength, Reaction reaction) {
  /** Whether the stream is watched. */
  public enum Detection {
    /** By maximum mean discrepancy. */
    MMD,
    NONE
  }

  /** What the student does where the stream has changed. */
  public enum Reaction {
    NONE,
    RESTART
  }

  private static final int BLOCK = 16;

  static final Key<Detection> DETECTION =
      new Key<>(
          "drift.detection",
          choice(Detection.class),
          "mmd",
          "How the stream is watched for changes: the newest images of a partition are compared with"
              + " those after its last change, by the maximum mean discrepancy of the teacher's"
              + " features, which do not move (mmd); or not at all (none).");
  static final Key<Integer> REFERENCE =
      new Key<>(
          "drift.reference",
          integer(256, 1_048_576),
          "1024",
          "Images that the newest ones are compared with, rounded down to a multiple of 16. No change"
              + " is found while they are gathered, at the beginning and after each change.");
  static final Key<Integer> WINDOW =
      new Key<>(
          "drift.window",
          integer(32, 65_536),
          "512",
          "Newest images that are compared, at most, rounded down to a power of two and at most"
              + " drift.reference; shorter windows, down to 32, are compared beside it. A longer one"
              + " finds smaller changes.");
  static final Key<Double> RUN_LENGTH =
      new Key<>(
          "drift.run-length",
          number(100_000, 1e15),
          "10000000",
          "Images between two false alarms that are expected, at least, of a partition where nothing"
              + " changes. Fewer find a small change sooner.");
  static final Key<Reaction> REACTION =
      new Key<>(
          "drift.reaction",
          choice(Reaction.class),
          "none",
          "What the student does where the stream has changed: nothing (none); or its learning rate"
              + " begins anew at train.lr, and falls over train.horizon-images again (restart).");

  static final List<Key<?>> KEYS = List.of(DETECTION, REFERENCE, WINDOW, RUN_LENGTH, REACTION);

  /** Whether the stream is watched. */
  public boolean isOn() {
    return detection != Detection.NONE;
  }

  static DriftConfig from(Values v) {
    int reference = v.get(REFERENCE) / BLOCK * BLOCK;
    return new DriftConfig(
        v.get(DETECTION),
        reference,
        Integer.highestOneBit(Math.min(v.get(WINDOW), reference)),
        v.get(RUN_LENGTH),
        v.get(REACTION));
  }
}
