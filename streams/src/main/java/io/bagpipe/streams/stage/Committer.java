package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Backoff;
import io.bagpipe.streams.intake.Claim;
import io.bagpipe.streams.intake.Intake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts finished batches and their consumed offsets into transactions, one after the other, on a
 * thread of its own, while the worker is at the next batch. Protocol of one transaction:
 *
 * <ol>
 *   <li>Begin with the first finished batch; send; take more until the transaction is old or large
 *       enough.
 *   <li>Take the group's metadata, and only then look whether every claim in it is still live.
 *       Kafka refuses offsets under metadata older than the group's newest generation, and a claim
 *       dies before a newer generation can give its partition away: so that no work of a lost
 *       partition is ever committed, nor done twice.
 *   <li>Offsets, commit.
 *   <li>On a fault: abort, and do the same batches again after a while; those of lost partitions
 *       are dropped. Nothing is computed again and no state is lost. When not even the outcome of
 *       the commit is known, a new producer settles it, and the group's committed offsets, which
 *       Kafka writes in the same transaction, tell what it was.
 * </ol>
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final Duration IDLE = Duration.ofMillis(500);

  private final StageSettings settings;
  private final TransactionalProducer producer;
  private final Intake intake;
  private final Outbox outbox;
  private final StageCounters counters;
  private final @Nullable LagGate gate;
  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  /** Batches of the transaction at hand, kept until it is committed. */
  private final List<Finished> batches = new ArrayList<>();

  private volatile @Nullable String fault;
  private volatile boolean abandoned;

  Committer(
      StageSettings settings,
      TransactionalProducer producer,
      Intake intake,
      Outbox outbox,
      StageCounters counters,
      @Nullable LagGate gate) {
    this.settings = settings;
    this.producer = producer;
    this.intake = intake;
    this.outbox = outbox;
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
      while (!abandoned && !(outbox.isDrained() && batches.isEmpty())) {
        try {
          step();
        } catch (KafkaException e) {
          failed(e);
        }
      }
    } finally {
      batches.forEach(this::dropped);
      producer.close();
    }
  }

  private void step() throws InterruptedException {
    if (batches.isEmpty()) {
      Finished first = outbox.poll(IDLE.toNanos());
      if (first != null) {
        batches.add(first);
      } else {
        commitIdlePositions();
        recovered();
        return;
      }
    }
    producer.ensureReady();
    if (producer.isInDoubt()) {
      settleDoubt();
    }
    dropLost();
    if (!batches.isEmpty() && transact()) {
      fault = null;
      backoff.reset();
    }
  }

  /**
   * With nothing to do, a producer that is ready again is all there is to tell that a fault is
   * over.
   */
  private void recovered() {
    if (fault != null) {
      producer.ensureReady();
      producer.doubtSettled(); // its batches are another's now
      fault = null;
      backoff.reset();
      LOG.info("stage {}: transactions work again", settings.stage());
    }
  }

  /** False when a partition was lost meanwhile, and everything has to be sent again. */
  private boolean transact() throws InterruptedException {
    List<SentRecord> sent = new ArrayList<>();
    producer.begin();
    long bytes = 0;
    for (Finished batch : batches) {
      sent.addAll(producer.send(batch));
      bytes += batch.bytes();
    }
    long deadline = System.nanoTime() + settings.transactions().interval().toNanos();
    while (bytes < settings.transactions().maxBytes()) {
      Finished more = outbox.poll(deadline - System.nanoTime());
      if (more == null) {
        break;
      }
      batches.add(more);
      sent.addAll(producer.send(more));
      bytes += more.bytes();
    }
    ConsumerGroupMetadata group = intake.groupMetadata();
    if (group == null || batches.stream().anyMatch(b -> !b.claim().isLive())) {
      counters.aborts.incrementAndGet();
      producer.abort();
      return false;
    }
    Map<Claim, Long> offsets = new LinkedHashMap<>();
    batches.forEach(b -> offsets.put(b.claim(), b.nextOffset()));
    offsets.replaceAll(intake.queue()::committable);
    commit(offsets, group);
    committed(sent);
    return true;
  }

  private void commit(Map<Claim, Long> offsets, ConsumerGroupMetadata group) {
    Map<Integer, Long> byPartition = new HashMap<>();
    offsets.forEach((claim, next) -> byPartition.put(claim.partition(), next));
    producer.sendOffsets(byPartition, group);
    producer.commit();
    offsets.forEach(intake.queue()::settled);
    counters.transactions.incrementAndGet();
  }

  private void committed(List<SentRecord> sent) {
    batches.forEach(counters::committed);
    counters.lastProgressMillis.set(System.currentTimeMillis());
    if (gate != null) {
      gate.produced(sent);
    }
    batches.clear();
  }

  /** Past transaction markers, so that whoever watches this group's lag sees 0 when it is done. */
  private void commitIdlePositions() {
    Map<Claim, Long> advances = intake.queue().idleAdvances();
    ConsumerGroupMetadata group = intake.groupMetadata();
    advances.keySet().removeIf(claim -> !claim.isLive());
    if (!advances.isEmpty() && group != null) {
      producer.ensureReady();
      producer.begin();
      commit(advances, group);
    }
  }

  /**
   * After the new producer has settled the old one's transaction: it held offsets of every batch,
   * so that any of them tells.
   */
  private void settleDoubt() throws InterruptedException {
    Map<Claim, Long> ends = new LinkedHashMap<>();
    batches.forEach(b -> ends.put(b.claim(), b.nextOffset()));
    for (Map.Entry<Claim, Long> end : ends.entrySet()) {
      if (end.getKey().isLive()) {
        long known = lookUp(end.getKey().partition());
        if (end.getKey().isLive()) {
          producer.doubtSettled();
          LOG.info(
              "stage {}: the commit in doubt was {}",
              settings.stage(),
              known >= end.getValue() ? "made" : "not made");
          if (known >= end.getValue()) {
            ends.forEach(intake.queue()::settled);
            // the gate learns of these records from the broker
            batches.forEach(this::dropped);
            committed(List.of());
          }
          return;
        }
      }
    }
    // every partition is another's now, who knows from Kafka what is done
    producer.doubtSettled();
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

  private void dropLost() {
    batches.removeIf(
        batch -> {
          if (!batch.claim().isLive()) {
            dropped(batch);
            return true;
          }
          return false;
        });
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
    producer.abort();
    if (isFatal(error)) {
      throw error;
    }
    long wait = backoff.nextMillis();
    if (isFencing(error)) {
      // Either the broker gave up our transaction, or the group had us leave and join again, or a
      // newer process has our name; then the consumer hears of it within this time and stops the
      // stage, before it fences the newer one.
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

  private static boolean isFencing(Throwable error) {
    return error instanceof ProducerFencedException
        || error instanceof InvalidProducerEpochException
        || error instanceof FencedInstanceIdException;
  }

  private static boolean isFatal(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof RecordTooLargeException
          || e instanceof AuthorizationException
          || e instanceof AuthenticationException
          || e instanceof UnsupportedVersionException) {
        return true;
      }
    }
    return false;
  }
}
