package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;
import static io.bagpipe.verticles.config.ValueTypes.size;

import java.util.List;

/** The rolling window and what is drawn from it. */
public record BagsConfig(
    int k,
    int window,
    int minWindow,
    double minSimilarity,
    double nearDuplicate,
    Member member,
    long bytes) {
  /** How the member is drawn from the bag. */
  public enum Member {
    UNIFORM,
    SIMILARITY
  }

  static final Key<Integer> K =
      new Key<>("bags.k", integer(1, 1024), "5", "Neighbours in a bag; the paper: 5.");
  static final Key<Integer> WINDOW =
      new Key<>(
          "bags.window",
          integer(2, 16_777_216),
          "16384",
          "Images that the rolling index holds; the paper: the whole data set.");
  static final Key<Integer> MIN_WINDOW =
      new Key<>(
          "bags.min-window",
          integer(1, 16_777_216),
          "64",
          "While the window holds fewer images than this, an anchor is its own member.");
  static final Key<Double> MIN_SIMILARITY =
      new Key<>(
          "bags.min-similarity",
          number(-1, 1),
          "-1",
          "Neighbours with a cosine similarity below this stay out of the bag; -1 takes all.");
  static final Key<Double> NEAR_DUPLICATE =
      new Key<>(
          "bags.near-duplicate",
          number(0, 1),
          "1",
          "Neighbours with a cosine similarity above this count as copies of the anchor and stay out"
              + " of the bag; 1 takes all.");
  static final Key<Member> MEMBER =
      new Key<>(
          "bags.member",
          choice(Member.class),
          "uniform",
          "How the member is drawn from the bag: uniform (the paper), or by similarity.");
  static final Key<Long> BYTES =
      new Key<>(
          "bags.bytes",
          size(1 << 20, 1L << 50),
          "512MiB",
          "Memory of the window, vectors and encoded images together; the oldest go first.");

  static final List<Key<?>> KEYS =
      List.of(K, WINDOW, MIN_WINDOW, MIN_SIMILARITY, NEAR_DUPLICATE, MEMBER, BYTES);

  public BagsConfig {
    if (k >= window) {
      throw new ConfigException(
          "bags.k: \"" + k + "\" is not valid; expected less than bags.window (" + window + ")");
    }
    if (minWindow > window) {
      throw new ConfigException(
          "bags.min-window: \""
              + minWindow
              + "\" is not valid; expected at most bags.window ("
              + window
              + ")");
    }
    if (minSimilarity >= nearDuplicate) {
      throw new ConfigException(
          "bags.min-similarity: \""
              + minSimilarity
              + "\" is not valid; expected less than bags.near-duplicate ("
              + nearDuplicate
              + ")");
    }
  }

  static BagsConfig from(Values v) {
    return new BagsConfig(
        v.get(K),
        v.get(WINDOW),
        v.has(MIN_WINDOW) ? v.get(MIN_WINDOW) : Math.min(v.get(WINDOW), v.get(MIN_WINDOW)),
        v.get(MIN_SIMILARITY),
        v.get(NEAR_DUPLICATE),
        v.get(MEMBER),
        v.get(BYTES));
  }
}
