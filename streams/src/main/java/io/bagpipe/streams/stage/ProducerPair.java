package io.bagpipe.streams.stage;

import io.bagpipe.streams.kafka.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Two producers that take turns, so that one can send while the other's commit is under way; see
 * ADR 7. They are made ready together and locked out together: whoever holds both transactional ids
 * holds the stage's name. Confined to the committer's thread; blocks.
 */
final class ProducerPair {
  private final TransactionalProducer first;
  private final TransactionalProducer second;
  private boolean secondsTurn;

  ProducerPair(KafkaSettings kafka, StageSettings settings) {
    this(kafka, settings, KafkaProducer::new);
  }

  /** With producers that may be made to fail, for tests. */
  ProducerPair(
      KafkaSettings kafka,
      StageSettings settings,
      Function<Map<String, Object>, Producer<byte[], byte[]>> create) {
    List<String> ids = settings.transactionalIds();
    this.first = new TransactionalProducer(kafka, settings, ids.get(0), create);
    this.second = new TransactionalProducer(kafka, settings, ids.get(1), create);
  }

  /**
   * Both ready for a transaction, whatever their forerunners left settled, and whoever else uses
   * their ids locked out. Only after this may anything be consumed, or a doubt be looked into.
   */
  void ensureReady() {
    first.ensureReady();
    second.ensureReady();
  }

  /** The one whose turn it is; never the same twice in a row. */
  TransactionalProducer next() {
    secondsTurn = !secondsTurn;
    return secondsTurn ? first : second;
  }

  /** Ends what is open without effect. When one cannot, the other need not try as long. */
  void abort() {
    if (first.abort()) {
      second.abort();
    } else {
      second.giveUpOpen();
    }
  }

  /** A commit was begun, failed, and could not be aborted. */
  boolean isInDoubt() {
    return first.isInDoubt() || second.isInDoubt();
  }

  void doubtSettled() {
    first.doubtSettled();
    second.doubtSettled();
  }

  void close() {
    first.close();
    second.close();
  }
}
