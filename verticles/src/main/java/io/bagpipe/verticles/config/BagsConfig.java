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
    Young young,
    Scope scope,
    double minSimilarity,
    double nearDuplicate,
    Member member,
    long bytes) {
  /** How the member is drawn from the bag. */
  public enum Member {
    UNIFORM,
    SIMILARITY
  }

  /** What becomes of anchors while the window is young. */
  public enum Young {
    TRAIN,
    WAIT
  }

  /** Where an anchor's neighbours come from. */
  public enum Scope {
    PARTITION,
    GLOBAL
  }

  private static final long WAITING_BYTES = 64L << 20;

  /** What a neighbour takes in a record beside its names. */
  private static final int NAME_FRAMING = 32;

  /** Room for an anchor's keys: three of 1,024 values. */
  private static final int KEYS_BYTES = 3 * 1024 * Float.BYTES;

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
          "While the window holds fewer images than this it is young.");
  static final Key<Young> YOUNG =
      new Key<>(
          "bags.young",
          choice(Young.class),
          "train",
          "Anchors of a young window train without a bag, each its own member, or wait: the first"
              + " bags.min-window of a partition are held back until all of them are in its window,"
              + " and then get their bags from it.");
  static final Key<Scope> SCOPE =
      new Key<>(
          "bags.scope",
          choice(Scope.class),
          "partition",
          "Neighbours come from the window of the anchor's own partition, or (global) from those of"
              + " all partitions; then every process with the role bags reads all of topics.embeddings"
              + " and holds all windows.");
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
          "Memory for the encoded images, teacher keys, ids and labels of a partition's window; the"
              + " oldest go first."
              + " Its vectors take 4 bytes a value beside that.");

  static final List<Key<?>> KEYS =
      List.of(K, WINDOW, MIN_WINDOW, YOUNG, SCOPE, MIN_SIMILARITY, NEAR_DUPLICATE, MEMBER, BYTES);

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

  /**
   * Anchors that can wait for a window to fill: all of them become bags in one transaction, which
   * has to fit into memory.
   *
   * @param viewSize side of a view, pixels; an anchor's bag has two
   */
  public static int mostWaiting(int viewSize) {
    return (int) (WAITING_BYTES / (2L * 3 * viewSize * viewSize));
  }

  void checkWaiting(int viewSize) {
    if (young == Young.WAIT && minWindow > mostWaiting(viewSize)) {
      throw new ConfigException(
          "bags.min-window: \""
              + minWindow
              + "\" is not valid; expected at most "
              + mostWaiting(viewSize)
              + " with bags.young wait and views.size "
              + viewSize);
    }
  }

  /** A record must hold an anchor's two views and what it and all of its neighbours are called. */
  void checkNames(int viewSize, LimitsConfig limits) {
    long name = limits.names().idBytes() + (long) limits.names().labelBytes() + NAME_FRAMING;
    long left = limits.recordBytes() - 2L * 3 * viewSize * viewSize - KEYS_BYTES;
    if ((k + 1) * name > left) {
      throw new ConfigException(
          "bags.k: \""
              + k
              + "\" is not valid; expected at most "
              + Math.max(0, left / name - 1)
              + " with limits.record-bytes "
              + ValueTypes.printSize(limits.recordBytes())
              + ", views.size "
              + viewSize
              + ", and neighbours called by limits.id-bytes and limits.label-bytes");
    }
  }

  static BagsConfig from(Values v) {
    return new BagsConfig(
        v.get(K),
        v.get(WINDOW),
        v.has(MIN_WINDOW) ? v.get(MIN_WINDOW) : Math.min(v.get(WINDOW), v.get(MIN_WINDOW)),
        v.get(YOUNG),
        v.get(SCOPE),
        v.get(MIN_SIMILARITY),
        v.get(NEAR_DUPLICATE),
        v.get(MEMBER),
        v.get(BYTES));
  }
}
