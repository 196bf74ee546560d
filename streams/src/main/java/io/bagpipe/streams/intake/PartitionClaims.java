package io.bagpipe.streams.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the partitions that a consumer was assigned: committed offset, bounds of the log, start by
 * policy, seek. One that cannot be claimed (a transaction on its offset does not end, its leader is
 * away) keeps nobody else: it is tried again later, alone, and of the partitions that failed before
 * at most one is waited for between two polls. So the healthy ones flow and the consumer polls,
 * that is, keeps its membership: what cannot be claimed here is not handed on to the next member,
 * who could not claim it either, and would lose all of its own over it.
 *
 * <p>Confined to the consumer's thread, but for {@link #fault} and {@link #giveUp}.
 */
final class PartitionClaims {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionClaims.class);
  private static final Duration LOOKUP = Duration.ofSeconds(5);
  private static final Duration END_MAY_LAG = Duration.ofSeconds(10);

  private final ClaimQueue queue;
  private final StartPolicy policy;
  private final OnGap onGap;
  private final LongSupplier nanos;
  private final Map<TopicPartition, Trouble> troubles = new HashMap<>();
  private final Map<Integer, String> givenUp = new ConcurrentHashMap<>();
  private volatile @Nullable String fault;

  /** What is known of a partition that could not be claimed. */
  private static final class Trouble {
    final Backoff backoff = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1));
    long notBeforeNanos;
    String error = "";
  }

  /** Since when each partition's place is seen beyond its log's end. */
  private final Map<TopicPartition, Long> beyondEndSince = new HashMap<>();

  PartitionClaims(ClaimQueue queue, StartPolicy policy, OnGap onGap, LongSupplier nanos) {
    this.queue = queue;
    this.policy = policy;
    this.onGap = onGap;
    this.nanos = nanos;
  }

  /** What keeps partitions from being claimed; null: nothing. From any thread. */
  @Nullable String fault() {
    return fault;
  }

  /** Before each poll. Throws what trying again does not mend. */
  void claimAssigned(Consumer<?, ?> consumer) {
    Set<TopicPartition> unclaimed = new HashSet<>(consumer.assignment());
    Set<Integer> claimed = queue.claimed();
    unclaimed.removeIf(partition -> claimed.contains(partition.partition()));
    troubles.keySet().retainAll(unclaimed);
    beyondEndSince.keySet().retainAll(unclaimed);
    givenUp
        .keySet()
        .retainAll(
            consumer.assignment().stream()
                .map(TopicPartition::partition)
                .collect(Collectors.toSet()));
    unclaimed.removeIf(partition -> givenUp.containsKey(partition.partition()));
    if (!unclaimed.isEmpty()) {
      claim(consumer, unclaimed);
    }
    fault = troubles.isEmpty() && givenUp.isEmpty() ? null : describe();
  }

  /**
   * Gives a partition up, as if it were lost, and does not claim it again before the group has
   * given it to another and back. From any thread.
   *
   * @param reason one line, for {@link #fault}
   */
  void giveUp(int partition, String reason) {
    givenUp.put(partition, reason);
    queue.lose(partition);
  }

  private void claim(Consumer<?, ?> consumer, Set<TopicPartition> unclaimed) {
    Set<TopicPartition> together = new HashSet<>(unclaimed);
    together.removeAll(troubles.keySet());
    if (!together.isEmpty() && !claimed(consumer, together)) {
      return;
    }
    long now = nanos.getAsLong();
    for (TopicPartition one : List.copyOf(troubles.keySet())) {
      Trouble trouble = troubles.get(one);
      if (trouble != null && now - trouble.notBeforeNanos >= 0 && !claimed(consumer, Set.of(one))) {
        return;
      }
    }
  }

  /** False when that took a while for nothing. */
  private boolean claimed(Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
    try {
      look(consumer, partitions);
      return true;
    } catch (RetriableException e) {
      failed(partitions, e);
      return false;
    }
  }

  private void failed(Set<TopicPartition> partitions, RetriableException error) {
    for (TopicPartition partition : partitions) {
      Trouble trouble = troubles.computeIfAbsent(partition, p -> new Trouble());
      trouble.error = String.valueOf(error.getMessage());
      // of several any one may be to blame: each is tried alone, at once
      long wait = partitions.size() > 1 ? 0 : trouble.backoff.nextMillis();
      trouble.notBeforeNanos = nanos.getAsLong() + Duration.ofMillis(wait).toNanos();
      if (partitions.size() == 1) {
        LOG.warn(
            "{} cannot be claimed, next try in {} ms, others go on: {}",
            partition,
            wait,
            trouble.error);
      }
    }
  }

  private String describe() {
    List<String> all = new ArrayList<>();
    givenUp.forEach((partition, reason) -> all.add("partition " + partition + ": " + reason));
    troubles.forEach((partition, trouble) -> all.add(partition + ": " + trouble.error));
    all.sort(null);
    return "cannot be claimed yet: " + String.join("; ", all);
  }

  private void look(Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions, LOOKUP);
    Map<TopicPartition, Long> earliest = consumer.beginningOffsets(partitions, LOOKUP);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions, LOOKUP);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata known = committed.get(partition);
      long first = earliest.getOrDefault(partition, 0L);
      long start =
          policy.startOf(partition.partition(), known == null ? null : known.offset(), first);
      if (start < first && onGap == OnGap.EARLIEST) {
        LOG.warn(
            "{}: {} offsets from {} on are gone, going on at {}",
            partition,
            first - start,
            start,
            first);
        start = first;
      }
      if (isWithin(partition, start, first, end.getOrDefault(partition, 0L))) {
        consumer.seek(partition, start);
        queue.claim(partition.partition(), start);
        if (troubles.remove(partition) != null) {
          LOG.info("{} is claimed after all", partition);
        }
      }
    }
  }

  /** False: look again at the next poll, a new leader may not know its end yet. */
  private boolean isWithin(TopicPartition partition, long start, long earliest, long end) {
    if (start < earliest) {
      throw new GapException(partition, start, earliest, end);
    }
    if (start <= end) {
      return true;
    }
    long now = nanos.getAsLong();
    long since = beyondEndSince.computeIfAbsent(partition, p -> now);
    if (now - since > END_MAY_LAG.toNanos()) {
      throw new GapException(partition, start, earliest, end);
    }
    return false;
  }
}
