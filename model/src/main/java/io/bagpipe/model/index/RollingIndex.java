package io.bagpipe.model.index;

import io.bagpipe.model.index.Ring.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a stream and their exact nearest neighbours: a ring of unit vectors,
 * bounded in entries and in bytes of payload, with upsert, removal and eviction in constant time.
 *
 * <p><b>What is seen.</b> Every push has an ordinal, one more than the push before it. The window
 * is the longest run of newest pushes within both limits; a push under an id that is in the window
 * makes a hole of its older entry, which the ring reclaims when its turn to leave comes. A query of
 * push q sees the window as it was just before that push, less holes and its own id. So a call with
 * many pushes gives each what it would have got alone, and the window is a function of its last
 * pushes only: pushing them again into an empty index rebuilds it.
 *
 * <p><b>What is exact.</b> Neighbours are the k entries seen with the highest similarity as {@link
 * Vectors#dot} defines it (float64 sums of exact products in a stated order), best first, among
 * equals the older first. Scanning is approximate and only proposes: its error has a proven bound
 * ({@link #errorBound}), and {@link Candidates} keeps everything that the bound cannot rule out;
 * where that is too much to rank, a second scan does not round.
 *
 * <p>Native memory holds 4 bytes a value for capacity + 64 entries, rounded up to 32. Confined to
 * one thread; whoever makes it closes it.
 */
public final class RollingIndex implements AutoCloseable {
  /**
   * Pushes that share one scan; the ring has this much slack, so that none is overwritten early.
   */
  static final int BATCH = 64;

  /** Candidates a query has on average above which a second, finer scan may cost less. */
  private static final int CROWD = 256;

  /** Candidates of all queries that take as long to rank as a finer scan takes for one entry. */
  private static final int RANKED_PER_SCANNED = 2;

  private final int dimension;
  private final int slots;
  private final int blockRows;
  private final ScanType scanType;
  private final VectorRows vectors;
  private final BlockScorers scorers;
  private @Nullable BlockScorers finerScorers;
  private final Ring ring;
  private final float[] row;

  /**
   * An empty index.
   *
   * @param capacity most pushes in the window
   * @param byteLimit most bytes of payload in the window
   * @param dimension of the vectors
   */
  public RollingIndex(int capacity, long byteLimit, int dimension) {
    this(capacity, byteLimit, dimension, ScanType.ofThisMachine());
  }

  RollingIndex(int capacity, long byteLimit, int dimension, ScanType scanType) {
    if (capacity < 1 || capacity > Integer.MAX_VALUE - 2 * BATCH) {
      throw new IllegalArgumentException("capacity is " + capacity + ", wanted at least 1");
    }
    if (byteLimit < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "byte limit " + byteLimit + " and dimension " + dimension + " must be at least 1");
    }
    this.dimension = dimension;
    this.scanType = scanType;
    int group = BlockScorer.GROUP;
    this.slots = (capacity + BATCH + group - 1) / group * group;
    this.blockRows = Math.min(slots, scanType.blockRows(dimension));
    this.vectors = scanType.rows(slots, dimension, blockRows);
    this.scorers = new BlockScorers(vectors, dimension, blockRows, BATCH);
    this.ring = new Ring(capacity, byteLimit, slots);
    this.row = new float[dimension];
  }

  /**
   * Upserts entries in order and gives each its neighbours, as if they had come one at a time.
   *
   * @param ids kept, not copied
   * @param entries unit vectors, copied
   * @param bytes of each entry's payload
   * @throws VectorRejectedException before anything is taken
   */
  public List<SearchResult> add(
      List<byte[]> ids, float[][] entries, int[] bytes, NeighbourQuery query) {
    check(entries);
    List<SearchResult> result = new ArrayList<>(entries.length);
    for (int from = 0; from < entries.length; from += BATCH) {
      int count = Math.min(BATCH, entries.length - from);
      View[] views = new View[count];
      for (int i = 0; i < count; i++) {
        views[i] = push(ids.get(from + i), entries[from + i], bytes[from + i]);
      }
      result.addAll(search(entries, from, views, query));
    }
    return result;
  }

  /** Upserts without asking, as when rebuilding. */
  public void restore(List<byte[]> ids, float[][] entries, int[] bytes) {
    check(entries);
    for (int i = 0; i < entries.length; i++) {
      push(ids.get(i), entries[i], bytes[i]);
    }
  }

  /** The neighbours of vectors that need not be in the window, which is seen as it is now. */
  public List<SearchResult> search(float[][] queries, NeighbourQuery query) {
    check(queries);
    List<SearchResult> result = new ArrayList<>(queries.length);
    for (int from = 0; from < queries.length; from += BATCH) {
      View[] views = new View[Math.min(BATCH, queries.length - from)];
      Arrays.fill(views, ring.view());
      result.addAll(search(queries, from, views, query));
    }
    return result;
  }

  /** What is in the window, and under which id; vectors go in through this class only. */
  Ring ring() {
    return ring;
  }

  /** Refuses vectors that cannot stand in the window. */
  void check(float[][] entries) {
    for (int i = 0; i < entries.length; i++) {
      Vectors.check(entries[i], dimension, i);
    }
  }

  private View push(byte[] id, float[] vector, int bytes) {
    vectors.put(ring.slot(ring.next()), vector);
    return ring.push(id, bytes);
  }

  private List<SearchResult> search(
      float[][] queries, int from, View[] views, NeighbourQuery query) {
    int count = views.length;
    int[][] slots = candidates(scorers, queries, from, views, query);
    long crowd = Math.max((long) CROWD * count, (long) RANKED_PER_SCANNED * ring.live());
    if (scanType != ScanType.FLOAT32 && size(slots) > crowd) {
      // the window is more crowded than the rounding is fine: scan again without rounding
      slots = candidates(finerScorers(), queries, from, views, query);
    }
    List<SearchResult> result = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      result.add(rank(queries[from + i], slots[i], views[i], query));
    }
    return result;
  }

  private static long size(int[][] slots) {
    long size = 0;
    for (int[] one : slots) {
      size += one.length;
    }
    return size;
  }

  /** For each query the slots that may hold its neighbours. */
  private int[][] candidates(
      BlockScorers by, float[][] queries, int from, View[] views, NeighbourQuery query) {
    int count = views.length;
    Candidates[] candidates = new Candidates[count];
    float[] thresholds = new float[count];
    boolean any = false;
    for (int i = 0; i < count; i++) {
      candidates[i] = new Candidates(query, errorBound(by.vectors(), queries[from + i]));
      thresholds[i] = candidates[i].threshold();
      any |= views[i].visible() > 0;
    }
    if (any) {
      BlockScorer scorer = by.of(count);
      scorer.load(queries, from, count);
      scan(scorer, views, candidates, thresholds);
    }
    int[][] slots = new int[count][];
    Arrays.setAll(slots, i -> candidates[i].slots());
    return slots;
  }

  /**
   * How far a scanned score may be from the similarity. With x = x' + r and q = q' + s, where x'
   * and q' are what is scanned: |x·q - x'·q'| = |r·q + x'·s| ≤ |r||q| + |x'||s| (Cauchy-Schwarz,
   * with the residuals' actual norms), plus the rounding of a float32 sum of d products in any
   * order, at most d·2^-24·|x'||q'|, taken four times to cover hardware that rounds products or
   * flushes denormals.
   */
  private double errorBound(VectorRows scanned, float[] query) {
    double queryNorm = Vectors.norm(query);
    double queryResidual = scanned.residual(query);
    double scannedNorm = scanned.largestNorm() + scanned.largestResidual();
    double rounding = 4 * dimension * 0x1p-24 * scannedNorm * (queryNorm + queryResidual);
    double bound =
        scanned.largestResidual() * queryNorm + scannedNorm * queryResidual + rounding + 1e-12;
    return bound * (1 + 1e-9);
  }

  /**
   * Scans every block that holds an entry anyone sees, newest first: the newest are often nearest.
   */
  private void scan(BlockScorer scorer, View[] views, Candidates[] candidates, float[] thresholds) {
    long low = views[0].oldest();
    int first = -1;
    for (long at = ring.next() - 1; at >= low; ) {
      int slot = ring.slot(at);
      int block = slot / blockRows;
      if (block == first) {
        return; // the ring came round into the block it began with
      }
      first = first < 0 ? block : first;
      int begin = block * blockRows;
      scanBlock(scorer, begin, views, candidates, thresholds);
      at -= slot - begin + 1;
    }
  }

  private void scanBlock(
      BlockScorer scorer, int begin, View[] views, Candidates[] candidates, float[] thresholds) {
    // the last block reaches back into the one before it, so that all have one size
    int scanned = Math.min(begin, slots - blockRows);
    scorer.score(scanned);
    float[] maxima = scorer.maxima();
    int columns = scorer.columns();
    for (int row = begin - scanned; row < blockRows; row += BlockScorer.GROUP) {
      int base = row / BlockScorer.GROUP * columns;
      for (int column = 0; column < thresholds.length; column++) {
        if (maxima[base + column] >= thresholds[column]) {
          offer(scorer, scanned, row, column, views[column], candidates[column]);
          thresholds[column] = candidates[column].threshold();
        }
      }
    }
  }

  private void offer(
      BlockScorer scorer, int scanned, int row, int column, View view, Candidates candidates) {
    for (int r = row; r < row + BlockScorer.GROUP; r++) {
      float score = scorer.score(r, column);
      if (score >= candidates.threshold() && ring.sees(view, scanned + r)) {
        candidates.offer(scanned + r, score);
      }
    }
  }

  private SearchResult rank(float[] query, int[] slots, View view, NeighbourQuery wanted) {
    int k = wanted.neighbours();
    long[] ordinals = new long[k];
    double[] similarities = new double[k];
    int size = 0;
    for (int slot : slots) {
      vectors.get(slot, row);
      double similarity = Vectors.dot(query, row);
      if (similarity < wanted.minSimilarity() || similarity > wanted.maxSimilarity()) {
        continue;
      }
      long ordinal = ring.ordinal(slot);
      int at = size;
      while (at > 0
          && (similarities[at - 1] < similarity
              || (similarities[at - 1] == similarity && ordinals[at - 1] > ordinal))) {
        at--;
      }
      if (at < k) {
        size = Math.min(size + 1, k);
        System.arraycopy(ordinals, at, ordinals, at + 1, size - at - 1);
        System.arraycopy(similarities, at, similarities, at + 1, size - at - 1);
        ordinals[at] = ordinal;
        similarities[at] = similarity;
      }
    }
    return new SearchResult(
        Arrays.copyOf(ordinals, size), Arrays.copyOf(similarities, size), view.visible());
  }

  private BlockScorers finerScorers() {
    BlockScorers finer = finerScorers;
    if (finer == null) {
      VectorRows whole = new WholeRows(vectors, dimension, blockRows);
      finer = new BlockScorers(whole, dimension, blockRows, BATCH);
      finerScorers = finer;
    }
    return finer;
  }

  /** A copy of the vector of a push in the window. */
  float[] vector(long ordinal) {
    float[] copy = new float[dimension];
    vectors.get(ring.slot(ordinal), copy);
    return copy;
  }

  /** How vectors are scanned on this machine. */
  public ScanType scanType() {
    return scanType;
  }

  /** Bytes of vectors and bookkeeping, without the ids' own. */
  public long bytes() {
    return vectors.bytes() + ring.bytes();
  }

  @Override
  public void close() {
    scorers.close();
    if (finerScorers != null) {
      finerScorers.close();
      finerScorers.vectors().close();
    }
    vectors.close();
  }
}
