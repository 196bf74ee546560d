package io.bagpipe.streams.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** One of a stage's two producers, which knows the other one and holds commits up for it. */
final class TurnsProducer extends KafkaProducer<byte[], byte[]> {

  /** What to do about a commit during which the other producer has written records. */
  interface OnOverlap {
    void commit(Runnable commit);
  }

  /** Both producers of a stage, as the {@link ProducerPair} makes them. */
  static final class Pair {
    final AtomicInteger overlaps = new AtomicInteger();
    final AtomicInteger aborts = new AtomicInteger();
    final AtomicInteger outOfOrder = new AtomicInteger();
    private final List<TurnsProducer> made = new ArrayList<>();
    private final OnOverlap onOverlap;

    Pair(OnOverlap onOverlap) {
      this.onOverlap = onOverlap;
    }

    Producer<byte[], byte[]> create(Map<String, Object> properties) {
      TurnsProducer one = new TurnsProducer(properties, this);
      made.add(one);
      return one;
    }

    private boolean writesBeside(TurnsProducer me) {
      return made.stream().anyMatch(p -> p != me && p.written.get() > 0);
    }
  }

  private final Pair pair;
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger unwritten = new AtomicInteger();

  private TurnsProducer(Map<String, Object> properties, Pair pair) {
    super(properties);
    this.pair = pair;
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    if (pair.made.stream().anyMatch(p -> p != this && p.unwritten.get() > 0)) {
      pair.outOfOrder.incrementAndGet();
    }
    unwritten.incrementAndGet();
    return super.send(
        record,
        (metadata, error) -> {
          written.incrementAndGet();
          unwritten.decrementAndGet();
          callback.onCompletion(metadata, error);
        });
  }

  /** Patience ends with the last transaction, after which nothing is sent. */
  @Override
  public void commitTransaction() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
    while (!pair.writesBeside(this) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    if (pair.writesBeside(this)) {
      pair.overlaps.incrementAndGet();
      pair.onOverlap.commit(super::commitTransaction);
    } else {
      super.commitTransaction();
    }
    written.set(0);
  }

  @Override
  public void abortTransaction() {
    pair.aborts.incrementAndGet();
    super.abortTransaction();
    written.set(0);
  }
}
