package io.bagpipe.model.index;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rolling window in the plainest possible way: what a {@link RollingIndex} must agree with. */
final class BruteForceWindow {
  private final int capacity;
  private final long byteLimit;
  private final ArrayDeque<Entry> window = new ArrayDeque<>();
  private final Map<ByteBuffer, Entry> byId = new HashMap<>();
  private long total;
  private long next;

  private static final class Entry {
    final long number;
    final float[] vector;
    final int bytes;
    boolean dead;

    Entry(long number, float[] vector, int bytes) {
      this.number = number;
      this.vector = vector;
      this.bytes = bytes;
    }
  }

  private record Scored(long number, double similarity) {}

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::similarity).reversed().thenComparingLong(Scored::number);

  BruteForceWindow(int capacity, long byteLimit) {
    this.capacity = capacity;
    this.byteLimit = byteLimit;
  }

  SearchResult add(byte[] id, float[] vector, int bytes, NeighbourQuery query) {
    remove(id);
    SearchResult found = search(vector, query);
    push(id, vector, bytes);
    return found;
  }

  void push(byte[] id, float[] vector, int bytes) {
    remove(id);
    Entry entry = new Entry(next++, vector, bytes);
    byId.put(ByteBuffer.wrap(id), entry);
    window.addLast(entry);
    total += bytes;
    while (window.size() > capacity || total > byteLimit) {
      total -= window.removeFirst().bytes;
    }
  }

  boolean remove(byte[] id) {
    Entry entry = byId.remove(ByteBuffer.wrap(id));
    if (entry == null || entry.number < next - window.size()) {
      return false;
    }
    entry.dead = true;
    return true;
  }

  SearchResult search(float[] vector, NeighbourQuery query) {
    List<Entry> live = window.stream().filter(e -> !e.dead).toList();
    List<Scored> best =
        live.stream()
            .map(e -> new Scored(e.number, plainDot(vector, e.vector)))
            .filter(s -> s.similarity() >= query.minSimilarity())
            .filter(s -> s.similarity() <= query.maxSimilarity())
            .sorted(BEST_FIRST)
            .limit(query.neighbours())
            .toList();
    return new SearchResult(
        best.stream().mapToLong(Scored::number).toArray(),
        best.stream().mapToDouble(Scored::similarity).toArray(),
        live.size());
  }

  /** The similarity as it is defined, written independently. */
  private static double plainDot(float[] a, float[] b) {
    double[] partial = new double[4];
    for (int i = 0; i < a.length; i++) {
      partial[i % 4] += (double) a[i] * (double) b[i];
    }
    return (partial[0] + partial[1]) + (partial[2] + partial[3]);
  }
}
