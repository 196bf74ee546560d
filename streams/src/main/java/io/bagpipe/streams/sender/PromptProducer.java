package io.bagpipe.streams.sender;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A producer whose {@code send} does not make others wait for nothing. While Kafka is away a send
 * blocks for {@code max.block.ms}, and they come one after the other: of a hundred that are asked
 * at once the last would hear of it after a hundred times as long. So what was asked while one that
 * failed was blocking fails with it; what is asked afterwards tries again.
 */
final class PromptProducer extends KafkaProducer<byte[], byte[]> {
  private volatile @Nullable Failure last;

  private record Failure(long nanos, TimeoutException error) {}

  /** A record that knows when it was asked for. */
  static final class Asked extends ProducerRecord<byte[], byte[]> {
    private final long nanos = System.nanoTime();

    Asked(String topic, byte @Nullable [] key, byte @Nullable [] value) {
      super(topic, key, value);
    }

    /** When it was asked for is no part of what it is. */
    @Override
    public boolean equals(@Nullable Object other) {
      return super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  PromptProducer(Map<String, Object> properties) {
    super(properties);
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    Failure failure = last;
    if (failure != null && record instanceof Asked asked && asked.nanos - failure.nanos() < 0) {
      callback.onCompletion(null, failure.error());
      return CompletableFuture.failedFuture(failure.error());
    }
    Future<RecordMetadata> sent = super.send(record, callback);
    TimeoutException timeout = sent.isDone() ? timeout(sent) : null;
    last = timeout == null ? null : new Failure(System.nanoTime(), timeout);
    return sent;
  }

  private static @Nullable TimeoutException timeout(Future<?> done) {
    try {
      done.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof TimeoutException timeout ? timeout : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
