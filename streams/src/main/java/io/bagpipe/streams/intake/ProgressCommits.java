package io.bagpipe.streams.intake;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plain asynchronous commits of a source, sent before each poll: they tell the gates upstream how
 * far it is and nothing else, so that a failed one is simply sent again with the next. Stages
 * commit in their transactions and leave this unused: a plain commit could overtake a
 * transaction's. Safe to use from any thread.
 */
final class ProgressCommits {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressCommits.class);

  private final String topic;
  private final ClaimQueue queue;
  private final Map<Claim, Long> wanted = new HashMap<>();
  private boolean used;

  ProgressCommits(String topic, ClaimQueue queue) {
    this.topic = topic;
    this.queue = queue;
  }

  synchronized void progressed(Claim claim, long nextOffset) {
    used = true;
    wanted.merge(claim, nextOffset, Math::max);
  }

  private synchronized Map<Claim, Long> take() {
    Map<Claim, Long> taken = new HashMap<>(wanted);
    wanted.clear();
    if (used) {
      queue.idleAdvances().forEach((claim, next) -> taken.merge(claim, next, Math::max));
    }
    taken.keySet().removeIf(claim -> !claim.isLive());
    return taken;
  }

  /** On the consumer's thread. */
  void send(Consumer<?, ?> consumer) {
    Map<Claim, Long> taken = take();
    if (taken.isEmpty()) {
      return;
    }
    Map<Claim, Long> committed = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    taken.forEach(
        (claim, next) -> {
          long offset = queue.committable(claim, next);
          committed.put(claim, offset);
          offsets.put(new TopicPartition(topic, claim.partition()), new OffsetAndMetadata(offset));
        });
    consumer.commitAsync(
        offsets,
        (done, error) -> {
          if (error == null) {
            committed.forEach(queue::settled);
          } else {
            LOG.debug("progress on {} was not committed, trying again", topic, error);
            taken.forEach(this::progressed);
          }
        });
  }
}
