package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.intake.OnGap;
import io.bagpipe.streams.intake.StartPolicy;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.source.LogReader;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage goes on after its group's committed work, and begins a partition without any at its first
 * record. Results and offsets are committed together: where there are results and no offset, the
 * offset was lost (brokers forget those of a group that has been away for a week), and to begin
 * would do everything again. That is a gap.
 */
final class AfterCommitted implements StartPolicy {
  private static final Logger LOG = LoggerFactory.getLogger(AfterCommitted.class);

  /** The consumer waits, and with it its other partitions; it asks again later. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaSettings kafka;
  private final StageSettings settings;

  AfterCommitted(KafkaSettings kafka, StageSettings settings) {
    this.kafka = kafka;
    this.settings = settings;
  }

  @Override
  public long startOf(int partition, @Nullable Long committed, long earliest) {
    if (committed != null) {
      return committed;
    }
    String output = settings.outputTopic();
    if (output == null || !hasResults(output, partition)) {
      return earliest;
    }
    String topic = settings.intake().topic();
    GapException gap =
        GapException.lostOffsets(
            new TopicPartition(topic, partition), settings.intake().group(), output);
    if (settings.intake().onGap() == OnGap.STOP) {
      throw gap;
    }
    LOG.warn("{}; going on at {}", gap.getMessage(), earliest);
    return earliest;
  }

  private boolean hasResults(String output, int partition) {
    try (LogReader reader = new LogReader(kafka)) {
      int partitions = reader.partitions(output);
      if (partition >= partitions) {
        throw new UnknownTopicOrPartitionException(
            "topic %s has %d partitions and %s has more: it is to be grown too"
                .formatted(output, partitions, settings.intake().topic()));
      }
      return reader.end(output, partition) > 0
          && reader.hasEverHeldAny(output, partition, PATIENCE);
    }
  }
}
