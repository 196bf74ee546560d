package io.bagpipe.streams.stage;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way: where it ended up, for the gate. The callback runs on the producer's thread;
 * after a commit the offset is known.
 */
final class SentRecord implements Callback {
  private final int partition;
  private final long bytes;
  private volatile long offset = -1;

  SentRecord(int partition, long bytes) {
    this.partition = partition;
    this.bytes = bytes;
  }

  @Override
  public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
    if (error == null && metadata != null && metadata.hasOffset()) {
      offset = metadata.offset();
    }
  }

  int partition() {
    return partition;
  }

  long bytes() {
    return bytes;
  }

  /** -1 until it was acknowledged. */
  long offset() {
    return offset;
  }
}
