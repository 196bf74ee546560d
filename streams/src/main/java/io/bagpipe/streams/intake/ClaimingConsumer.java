package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that does its bookkeeping where it is safe: on the consumer's own thread, inside
 * {@code poll}. (Vert.x tells of assignments later, on another thread, when records of a lost
 * partition may already be under way.)
 *
 * <p>Protocol of one poll:
 *
 * <ol>
 *   <li>Every assigned partition without a claim is claimed, if it can be: see {@link
 *       PartitionClaims}.
 *   <li>Partitions flow if claimed and the queue has room, else they are paused.
 *   <li>Poll. Partitions that arrive in it are paused at once; those that leave lose their claim
 *       before the group hears that they were given up.
 *   <li>The group's metadata is remembered. While a claim is live, it is valid for it or outdated
 *       (then a commit is refused), never newer than a loss.
 *   <li>Records go to the queue under their claims. While it has room and records are at hand, the
 *       last three steps are done again: each unpacks few records, so that the queue, which counts
 *       bytes only then, cannot be overrun by much.
 * </ol>
 */
final class ClaimingConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final String topic;
  private final ClaimQueue queue;
  private final PartitionClaims claims;
  private final ProgressCommits progress;
  private final int recordsAPoll;
  private volatile @Nullable ConsumerGroupMetadata metadata;
  private volatile Runnable unwatch = () -> {};

  ClaimingConsumer(
      Map<String, Object> properties,
      IntakeSettings settings,
      ClaimQueue queue,
      StartPolicy policy,
      ProgressCommits progress) {
    super(properties);
    this.topic = settings.topic();
    this.queue = queue;
    this.claims = new PartitionClaims(queue, policy, settings.onGap(), System::nanoTime);
    this.recordsAPoll = settings.recordsAPoll();
    this.progress = progress;
  }

  /** What to do once, when this consumer is closed. */
  ClaimingConsumer onClose(Runnable then) {
    unwatch = then;
    return this;
  }

  /** As of the newest poll; null before the first. From any thread. */
  @Nullable ConsumerGroupMetadata lastMetadata() {
    return metadata;
  }

  /** What keeps partitions from being claimed; null: nothing. From any thread. */
  @Nullable String unclaimed() {
    return claims.fault();
  }

  /** See {@link PartitionClaims#giveUp}. From any thread. */
  void giveUp(int partition, String reason) {
    claims.giveUp(partition, reason);
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener outer) {
    super.subscribe(topics, new Listener(outer));
  }

  private final class Listener implements ConsumerRebalanceListener {
    private final ConsumerRebalanceListener outer;

    Listener(ConsumerRebalanceListener outer) {
      this.outer = outer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      pause(partitions);
      for (TopicPartition partition : partitions) {
        queue.lose(partition.partition());
        // any position will do: it is paused, and without one poll would look for a reset policy
        seek(partition, 0);
      }
      outer.onPartitionsAssigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      partitions.forEach(p -> queue.lose(p.partition()));
      outer.onPartitionsRevoked(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      partitions.forEach(p -> queue.lose(p.partition()));
      outer.onPartitionsLost(partitions);
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    try {
      claims.claimAssigned(this);
      applyPauses();
      progress.send(this);
      ConsumerRecords<byte[], byte[]> records = pollOnce(timeout);
      for (int polled = records.count();
          !records.isEmpty() && polled < recordsAPoll && queue.flows();
          polled += records.count()) {
        records = pollOnce(Duration.ZERO);
      }
      return records;
    } catch (OffsetOutOfRangeException e) {
      reclaim(e.offsetOutOfRangePartitions().keySet());
      return ConsumerRecords.empty();
    } catch (Error e) {
      // direct memory that ends; Vert.x lets errors vanish and would never poll again
      throw new KafkaException("polling " + topic + " ended: " + e, e);
    }
  }

  private ConsumerRecords<byte[], byte[]> pollOnce(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    metadata = groupMetadata();
    deliver(records);
    return records;
  }

  /**
   * The log no longer reaches back to where this consumer is. Often that says only that others have
   * handled the partition while this process was stopped, and that the group's news of it is still
   * on its way: so the place to go on from is looked up again, and that decides whether there is a
   * gap. What is in work is dropped, as after a loss.
   */
  private void reclaim(Set<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      queue.lose(partition.partition());
      if (assignment().contains(partition)) {
        pause(Set.of(partition));
        seek(partition, 0);
      }
    }
  }

  private void applyPauses() {
    boolean flows = queue.flows();
    Set<Integer> claimed = queue.claimed();
    Set<TopicPartition> paused = paused();
    List<TopicPartition> stop = new ArrayList<>();
    List<TopicPartition> go = new ArrayList<>();
    for (TopicPartition partition : assignment()) {
      boolean wanted = flows && claimed.contains(partition.partition());
      if (wanted == paused.contains(partition)) {
        (wanted ? go : stop).add(partition);
      }
    }
    pause(stop);
    resume(go);
  }

  private void deliver(ConsumerRecords<byte[], byte[]> records) {
    Map<Integer, List<InputRecord>> byPartition = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byPartition
          .computeIfAbsent(record.partition(), p -> new ArrayList<>())
          .add(Records.input(record));
    }
    // All records first: this consumer is past them, and asking for a position may throw.
    byPartition.forEach((partition, polled) -> add(partition, polled, 0));
    for (Integer partition : queue.claimed()) {
      add(partition, List.of(), positionOrStart(partition));
    }
  }

  private void add(int partition, List<InputRecord> polled, long position) {
    Claim claim = queue.current(partition);
    if (claim != null) {
      queue.add(claim, polled, position);
    }
  }

  private long positionOrStart(int partition) {
    try {
      return position(new TopicPartition(topic, partition), Duration.ZERO);
    } catch (TimeoutException | WakeupException beingValidated) {
      return 0;
    }
  }

  /**
   * Leaves the group, so that others go on at once; a killed process does not get here, and its
   * place is kept until the session times out.
   */
  @Override
  public void close() {
    unwatch.run();
    super.close(
        CloseOptions.timeout(CLOSE)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
  }
}
