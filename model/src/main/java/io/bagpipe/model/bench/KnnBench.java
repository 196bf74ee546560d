package io.bagpipe.model.bench;

import io.bagpipe.model.index.NeighbourQuery;
import io.bagpipe.model.index.RollingIndex;
import io.bagpipe.model.index.ScanType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Times the rolling index on random unit vectors: a full window is filled, as from a log, then
 * asked in batches, then rolled on in batches that are inserted and asked in one pass. Every batch
 * is new, and made before the clock runs.
 */
public final class KnnBench {
  /** So many different vectors have near-duplicates. */
  private static final int ORIGINALS = 16;

  /** Of a near-duplicate, beside a unit vector, in each value. */
  private static final double NOISE = 1e-4;

  private final int window;
  private final int dimension;
  private final int batch;
  private final int neighbours;
  private final int warmUps;
  private final int iterations;
  private final double duplicates;
  private final List<float[]> originals = new ArrayList<>();
  private final RandomGenerator random = new SplittableRandom(1);

  /**
   * What was measured.
   *
   * @param searchPerSecond queries a second
   * @param rollingPerSecond inserts, each with its query, a second
   * @param fillSeconds to fill the window, the making of the vectors aside
   * @param indexBytes of the index
   * @param scan how it scans
   */
  public record Result(
      double searchPerSecond,
      double rollingPerSecond,
      double fillSeconds,
      long indexBytes,
      ScanType scan) {}

  /**
   * @param duplicates share of the vectors that are nearly another one, in [0, 1)
   */
  public KnnBench(
      int window,
      int dimension,
      int batch,
      int neighbours,
      int warmUps,
      int iterations,
      double duplicates) {
    this.window = window;
    this.dimension = dimension;
    this.batch = batch;
    this.neighbours = neighbours;
    this.warmUps = warmUps;
    this.iterations = iterations;
    this.duplicates = duplicates;
  }

  public Result run() {
    try (RollingIndex index = new RollingIndex(window, Long.MAX_VALUE, dimension)) {
      double fill = 0;
      long pushed = 0;
      while (pushed < window) {
        int count = (int) Math.min(1024, window - pushed);
        float[][] vectors = vectors(count);
        List<byte[]> ids = ids(pushed, count);
        long start = System.nanoTime();
        index.restore(ids, vectors, new int[count]);
        fill += seconds(start);
        pushed += count;
      }
      NeighbourQuery query = NeighbourQuery.nearest(neighbours);
      double search = 0;
      for (int i = -warmUps; i < iterations; i++) {
        float[][] queries = vectors(batch);
        long start = System.nanoTime();
        index.search(queries, query);
        search += i < 0 ? 0 : seconds(start);
      }
      double roll = 0;
      for (int i = -warmUps; i < iterations; i++) {
        float[][] entries = vectors(batch);
        List<byte[]> ids = ids(pushed, batch);
        pushed += batch;
        long start = System.nanoTime();
        index.add(ids, entries, new int[batch], query);
        roll += i < 0 ? 0 : seconds(start);
      }
      double queries = (double) batch * iterations;
      return new Result(queries / search, queries / roll, fill, index.bytes(), index.scanType());
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static List<byte[]> ids(long first, int count) {
    List<byte[]> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(ByteBuffer.allocate(Long.BYTES).putLong(first + i).array());
    }
    return ids;
  }

  private float[][] vectors(int count) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      double sum = 0;
      float[] original = original();
      for (int i = 0; i < dimension; i++) {
        double fresh = random.nextGaussian();
        vector[i] = (float) (original == null ? fresh : original[i] + NOISE * fresh);
        sum += (double) vector[i] * vector[i];
      }
      float scale = (float) (1 / Math.sqrt(sum));
      for (int i = 0; i < dimension; i++) {
        vector[i] *= scale;
      }
      if (original == null && originals.size() < ORIGINALS) {
        originals.add(vector);
      }
    }
    return vectors;
  }

  /** What the next vector is nearly a copy of; null if it is one of its own. */
  private float @Nullable [] original() {
    boolean copy = !originals.isEmpty() && random.nextDouble() < duplicates;
    return copy ? originals.get(random.nextInt(originals.size())) : null;
  }
}
