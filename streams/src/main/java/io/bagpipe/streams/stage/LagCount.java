package io.bagpipe.streams.stage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how far a group is behind on a topic. What this process produced is known record by
 * record; of other offsets only the number is known. Not thread-safe.
 *
 * <p>In a partition, with F and L the first and last offset that this process produced, the offsets
 * from F to the marker after L are known; unknown are those from the group's commit to F, and those
 * after the marker.
 */
final class LagCount {
  private record Known(long offset, long bytes) {}

  private static final class Partition {
    final Deque<Known> known = new ArrayDeque<>();
    long first = Long.MAX_VALUE;
    long afterLast = Long.MIN_VALUE;
    long unknown;
  }

  private final Map<Integer, Partition> partitions = new HashMap<>();
  private final long assumedBytes;
  private long records;
  private long bytes;
  private long unknown;
  private long producedRecords;
  private long producedBytes;

  /**
   * @param assumedBytes size of a record before any was seen
   */
  LagCount(long assumedBytes) {
    this.assumedBytes = assumedBytes;
  }

  void pending(long moreRecords, long moreBytes) {
    records += moreRecords;
    bytes += moreBytes;
  }

  void produced(int partition, long offset, long size) {
    Partition p = partition(partition);
    p.known.add(new Known(offset, size));
    p.first = Math.min(p.first, offset);
    p.afterLast = offset + 2;
    records++;
    bytes += size;
    producedRecords++;
    producedBytes += size;
  }

  void looked(int partition, long committed, long end) {
    Partition p = partition(partition);
    for (Known k = p.known.peek(); k != null && k.offset() < committed; k = p.known.peek()) {
      p.known.remove();
      records--;
      bytes -= k.bytes();
    }
    long before = Math.max(0, Math.min(p.first, end) - committed);
    long after =
        p.first == Long.MAX_VALUE ? 0 : Math.max(0, end - Math.max(committed, p.afterLast));
    unknown += before + after - p.unknown;
    p.unknown = before + after;
  }

  private Partition partition(int number) {
    return partitions.computeIfAbsent(number, n -> new Partition());
  }

  long records() {
    return records + unknown;
  }

  long bytes() {
    long mean = producedRecords == 0 ? assumedBytes : producedBytes / producedRecords;
    return bytes + unknown * mean;
  }
}
