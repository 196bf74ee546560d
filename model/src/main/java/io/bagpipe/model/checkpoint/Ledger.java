package io.bagpipe.model.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which source images were trained: for every partition of the producers' topic a count, an
 * order-free digest (the sum, modulo 2^64, of {@link #hash} of each image's partition and offset),
 * and the offsets themselves as ranges; those of images that are held out are counted apart. Count
 * and digest show an image that is missing or was trained twice; the ranges say which is missing.
 * Holes in a range are dead letters or images still on their way, so there are few. Not
 * thread-safe.
 */
public final class Ledger {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** A partition's lines. */
  private static final class Account {
    private long count;
    private long digest;
    private long held;
    private long heldDigest;
    private final TreeMap<Long, Long> ranges = new TreeMap<>();
  }

  private record Source(String topic, int partition) implements Comparable<Source> {
    @Override
    public int compareTo(Source other) {
      int byTopic = topic.compareTo(other.topic);
      return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }
  }

  /**
   * A partition of the ledger.
   *
   * @param topic of the source images
   * @param partition of the topic
   * @param count images trained, one trained twice counted twice
   * @param digest sum of their hashes
   * @param ranges of offsets that were trained or held out, ascending and apart: from, to
   *     (exclusive), from, to, ...
   * @param held images held out: met, and not trained
   * @param heldDigest sum of their hashes
   */
  public record Entry(
      String topic,
      int partition,
      long count,
      long digest,
      long[] ranges,
      long held,
      long heldDigest) {
    /** Of a partition of which nothing is held out. */
    public Entry(String topic, int partition, long count, long digest, long[] ranges) {
      this(topic, partition, count, digest, ranges, 0, 0);
    }

    public Entry {
      for (int i = 0; i < ranges.length; i++) {
        if (ranges.length % 2 != 0 || ranges[i] < (i == 0 ? 0 : ranges[i - 1] + 1)) {
          throw new IllegalArgumentException(
              "ledger ranges " + Arrays.toString(ranges) + "; valid: pairs, ascending and apart");
        }
      }
    }

    /** Whether the image at this offset was trained or held out. */
    public boolean contains(long offset) {
      int at = Arrays.binarySearch(ranges, offset);
      int insertion = at >= 0 ? at + 1 : -at - 1;
      return insertion % 2 != 0;
    }
  }

  private final TreeMap<Source, Account> accounts = new TreeMap<>();

  /** A ledger that goes on from what {@link #entries} gave. */
  public static Ledger of(List<Entry> entries) {
    Ledger ledger = new Ledger();
    for (Entry entry : entries) {
      ledger.merge(entry);
    }
    return ledger;
  }

  /**
   * The hash of an image: with f the finaliser of SplitMix64 (z ^= z >>> 30; z *=
   * 0xBF58476D1CE4E5B9; z ^= z >>> 27; z *= 0x94D049BB133111EB; z ^= z >>> 31) it is f(f(partition
   * + 0x9E3779B97F4A7C15) + offset), all modulo 2^64. Within a partition no two are the same.
   */
  public static long hash(int partition, long offset) {
    return finish(finish(partition + GOLDEN_GAMMA) + offset);
  }

  private static long finish(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Enters a trained image.
   *
   * @return false when it was in the ledger already: it has been trained twice
   */
  public boolean add(String topic, int partition, long offset) {
    Account account = account(topic, partition);
    account.count++;
    account.digest += hash(partition, offset);
    return include(account.ranges, offset, offset + 1);
  }

  /**
   * Enters an image that is never trained.
   *
   * @return false when it was in the ledger already
   */
  public boolean hold(String topic, int partition, long offset) {
    Account account = account(topic, partition);
    account.held++;
    account.heldDigest += hash(partition, offset);
    return include(account.ranges, offset, offset + 1);
  }

  /** Enters everything that another ledger holds. */
  public void merge(Ledger other) {
    for (Entry entry : other.entries()) {
      merge(entry);
    }
  }

  private void merge(Entry entry) {
    Account account = account(entry.topic, entry.partition);
    account.count += entry.count;
    account.digest += entry.digest;
    account.held += entry.held;
    account.heldDigest += entry.heldDigest;
    for (int i = 0; i < entry.ranges.length; i += 2) {
      include(account.ranges, entry.ranges[i], entry.ranges[i + 1]);
    }
  }

  /** Images trained, of all partitions. */
  public long count() {
    return accounts.values().stream().mapToLong(account -> account.count).sum();
  }

  /** Images held out, of all partitions. */
  public long held() {
    return accounts.values().stream().mapToLong(account -> account.held).sum();
  }

  /** Images trained of one partition; 0 for one that is not in the ledger. */
  public long count(String topic, int partition) {
    Account account = accounts.get(new Source(topic, partition));
    return account == null ? 0 : account.count;
  }

  /** Digest of one partition; 0 for one that is not in the ledger. */
  public long digest(String topic, int partition) {
    Account account = accounts.get(new Source(topic, partition));
    return account == null ? 0 : account.digest;
  }

  /** A copy of everything, by topic and partition. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    accounts.forEach(
        (source, account) ->
            entries.add(
                new Entry(
                    source.topic,
                    source.partition,
                    account.count,
                    account.digest,
                    flat(account.ranges),
                    account.held,
                    account.heldDigest)));
    return entries;
  }

  private Account account(String topic, int partition) {
    return accounts.computeIfAbsent(new Source(topic, partition), source -> new Account());
  }

  private static long[] flat(NavigableMap<Long, Long> ranges) {
    long[] flat = new long[2 * ranges.size()];
    int at = 0;
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      flat[at++] = range.getKey();
      flat[at++] = range.getValue();
    }
    return flat;
  }

  /** Adds [from, to) and joins it with its neighbours; false when it overlaps one of them. */
  private static boolean include(NavigableMap<Long, Long> ranges, long from, long to) {
    boolean fresh = true;
    long start = from;
    long end = to;
    Map.Entry<Long, Long> before = ranges.floorEntry(start);
    if (before != null && before.getValue() >= start) {
      fresh = before.getValue() == start;
      start = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map.Entry<Long, Long> next = ranges.higherEntry(start);
    while (next != null && next.getKey() <= end) {
      fresh &= next.getKey() == to;
      end = Math.max(end, next.getValue());
      ranges.remove(next.getKey());
      next = ranges.higherEntry(start);
    }
    ranges.put(start, end);
    return fresh;
  }
}
