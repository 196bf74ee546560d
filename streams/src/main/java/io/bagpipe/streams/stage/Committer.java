package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Backoff;
import io.bagpipe.streams.intake.Claim;
import io.bagpipe.streams.intake.Intake;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts finished batches and their consumed offsets into transactions, one after the other, on a
 * thread of its own, while the worker is at the next batch. Two producers take turns, so that the
 * next transaction is sent while the last one's commit is under way (ADR 7). Protocol of one:
 *
 * <ol>
 *   <li>Begin with the first finished batch; send; take more until the transaction is old or large
 *       enough.
 *   <li>Wait until all is written. Only now begin the next transaction with what has finished
 *       meanwhile: so records stay in order.
 *   <li>Take the group's metadata, and only then look whether every claim in it is still live.
 *       Kafka refuses offsets under metadata older than the group's newest generation, and a claim
 *       dies before a newer generation can give its partition away: so that no work of a lost
 *       partition is ever committed, nor done twice.
 *   <li>Offsets, commit: at most one is under way, and nothing is committed before what precedes
 *       it.
 *   <li>On a fault: abort both, and do the same batches again after a while; those of lost
 *       partitions are dropped. Nothing is computed again and no state is lost. When not even the
 *       outcome of the commit is known, new producers settle it, and the group's committed offsets,
 *       which Kafka writes in the same transaction, tell what it was.
 * </ol>
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final Duration IDLE = Duration.ofMillis(500);

  private final StageSettings settings;
  private final ProducerPair producers;
  private final Intake intake;
  private final Backlog backlog;
  private final StageCounters counters;
  private final @Nullable LagGate gate;
  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  /** Batches of a transaction that may have been committed; before the backlog. */
  private List<Finished> doubtful = List.of();

  /** The transaction whose offsets and commit are under way. */
  private @Nullable Transaction closing;

  /** The transaction that takes batches; comes after the one that is closing. */
  private @Nullable Transaction open;

  private volatile @Nullable String fault;
  private volatile boolean abandoned;

  Committer(
      StageSettings settings,
      ProducerPair producers,
      Intake intake,
      Outbox outbox,
      StageCounters counters,
      @Nullable LagGate gate) {
    this.settings = settings;
    this.producers = producers;
    this.intake = intake;
    this.backlog = new Backlog(outbox, this::dropped);
    this.counters = counters;
    this.gate = gate;
  }

  @Nullable String fault() {
    return fault;
  }

  /** From any thread: no more tries. */
  void abandon() {
    abandoned = true;
  }

  /** Runs until the outbox has ended and is drained; throws what trying again does not mend. */
  void run() throws InterruptedException {
    try {
      while (!abandoned && !isDone()) {
        try {
          step();
        } catch (KafkaException e) {
          failed(e);
        }
      }
    } finally {
      takeBack();
      doubtful.forEach(this::dropped);
      backlog.drop();
      producers.close();
    }
  }

  private boolean isDone() {
    return open == null && doubtful.isEmpty() && backlog.isDone();
  }

  private void step() throws InterruptedException {
    Transaction current = open;
    if (current == null && isReady()) {
      current = begin();
    }
    if (current != null && transact(current)) {
      fault = null;
      backoff.reset();
    }
  }

  /** Both producers are, no commit is in doubt, and there is something to commit. */
  private boolean isReady() throws InterruptedException {
    if (doubtful.isEmpty() && !backlog.hasNext(IDLE)) {
      commitIdlePositions();
      return false;
    }
    producers.ensureReady();
    if (producers.isInDoubt()) {
      settleDoubt();
    }
    return true;
  }

  /** Begins the next transaction with what waits; null when nothing does. */
  private @Nullable Transaction begin() throws InterruptedException {
    if (!backlog.hasNext(Duration.ZERO)) {
      return null;
    }
    Transaction begun = Transaction.begin(producers.next(), settings.transactions());
    open = begun;
    fill(begun, 0);
    return begun;
  }

  private void fill(Transaction to, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (!to.isFull() && to.awaitRoom(deadline - System.nanoTime())) {
      Finished more = backlog.next(deadline - System.nanoTime());
      if (more == null) {
        return;
      }
      to.send(more);
    }
  }

  /** False when a partition was lost meanwhile, and everything has to be sent again. */
  private boolean transact(Transaction current) throws InterruptedException {
    fill(current, current.nanosLeft());
    closing = current;
    open = null;
    current.awaitWritten();
    begin();
    ConsumerGroupMetadata group = intake.groupMetadata();
    if (group == null || !current.isLive()) {
      counters.aborts.incrementAndGet();
      producers.abort();
      takeBack();
      return false;
    }
    Map<Claim, Long> offsets = current.ends();
    offsets.replaceAll(intake.queue()::committable);
    sendOffsets(current.producer(), offsets, group);
    commit(current.producer(), offsets);
    closing = null;
    committed(current.batches(), current.sent());
    return true;
  }

  private static void sendOffsets(
      TransactionalProducer producer, Map<Claim, Long> offsets, ConsumerGroupMetadata group) {
    Map<Integer, Long> byPartition = new HashMap<>();
    offsets.forEach((claim, next) -> byPartition.put(claim.partition(), next));
    producer.sendOffsets(byPartition, group);
  }

  private void commit(TransactionalProducer producer, Map<Claim, Long> offsets) {
    producer.commit();
    offsets.forEach(intake.queue()::settled);
    counters.transactions.incrementAndGet();
  }

  private void committed(List<Finished> batches, List<SentRecord> sent) {
    batches.forEach(counters::committed);
    counters.lastProgressMillis.set(System.currentTimeMillis());
    if (gate != null) {
      gate.produced(sent);
    }
  }

  /** Past transaction markers, so that whoever watches this group's lag sees 0 when it is done. */
  private void commitIdlePositions() {
    Map<Claim, Long> advances = intake.queue().idleAdvances();
    ConsumerGroupMetadata group = intake.groupMetadata();
    advances.keySet().removeIf(claim -> !claim.isLive());
    if (!advances.isEmpty() && group != null) {
      producers.ensureReady();
      TransactionalProducer producer = producers.next();
      producer.begin();
      sendOffsets(producer, advances, group);
      commit(producer, advances);
    }
  }

  /**
   * After the new producers have settled the old ones' transactions: it held offsets of every
   * batch, so that any of them tells.
   */
  private void settleDoubt() throws InterruptedException {
    Map<Claim, Long> ends = Transaction.ends(doubtful);
    boolean made = false;
    for (Map.Entry<Claim, Long> end : ends.entrySet()) {
      if (end.getKey().isLive()) {
        long known = lookUp(end.getKey().partition());
        if (end.getKey().isLive()) {
          made = known >= end.getValue();
          LOG.info("stage {}: a commit in doubt was made: {}", settings.stage(), made);
          break;
        }
      }
    }
    // without an answer every partition is another's now, who knows from Kafka what is done
    producers.doubtSettled();
    List<Finished> settled = doubtful;
    doubtful = List.of();
    if (made) {
      ends.forEach(intake.queue()::settled);
      // the gate learns of these records from the broker
      settled.forEach(this::dropped);
      committed(settled, List.of());
    } else {
      backlog.putBack(settled);
    }
  }

  private long lookUp(int partition) throws InterruptedException {
    try {
      return intake
          .committed(partition)
          .toCompletionStage()
          .toCompletableFuture()
          .get(15, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("the committed offset of partition " + partition + " is unknown", e);
    }
  }

  /** Batches of transactions that have been ended without effect, or nobody knows how. */
  private void takeBack() {
    if (open != null) {
      backlog.putBack(open.batches());
      open = null;
    }
    if (closing != null && producers.isInDoubt()) {
      doubtful = closing.batches();
    } else if (closing != null) {
      backlog.putBack(closing.batches());
    }
    closing = null;
  }

  private void dropped(Finished batch) {
    if (gate != null) {
      gate.dropped(
          batch.output().records().size(),
          batch.output().records().stream().mapToLong(r -> r.sizeBytes()).sum());
    }
  }

  private void failed(KafkaException error) throws InterruptedException {
    fault = error.toString();
    counters.aborts.incrementAndGet();
    producers.abort();
    takeBack();
    if (Faults.isFatal(error)) {
      throw error;
    }
    long wait = backoff.nextMillis();
    if (Faults.isFencing(error)) {
      // Either the broker gave up our transaction, or a newer process has our name; then the
      // consumer hears of it within this time and stops the stage, before it fences the newer one.
      wait = Math.max(wait, settings.intake().heartbeatInterval().toMillis() + 2000);
    }
    LOG.warn(
        "stage {}: transaction failed, next try in {} ms: {}",
        settings.stage(),
        wait,
        error.toString());
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
    while (!abandoned && System.nanoTime() - until < 0) {
      Thread.sleep(20);
    }
  }
}
