package io.bagpipe.verticles.audit;

import io.bagpipe.model.checkpoint.Ledger;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the ledger of a checkpoint against the log: every image must be in the ledger exactly once
 * or among the dead letters. Anchors of a partition are trained in its order, so that an image
 * before the last trained one that is neither is lost, and one behind it is only waiting.
 */
public final class Audit {
  private final String topic;
  private final List<Ledger.Entry> ledger;
  private final int batch;
  private final String checkpoint;
  private final List<String> waitingRanges = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final List<String> repeated = new ArrayList<>();
  private final List<String> foreign = new ArrayList<>();
  private long images;
  private long trained;
  private long held;
  private long dead;
  private long waiting;

  /** Of those the ones that fill no batch: they are held out, and wait for the anchors before. */
  private long waitingHeld;

  /**
   * @param topic of the images
   * @param ledger of the newest checkpoint, the entries of that topic
   * @param batch anchors of a training step
   * @param checkpoint where the ledger is from, for people
   */
  Audit(String topic, List<Ledger.Entry> ledger, int batch, String checkpoint) {
    this.topic = topic;
    this.ledger = List.copyOf(ledger);
    this.batch = batch;
    this.checkpoint = checkpoint;
  }

  AuditResult of(List<Pushed> log) {
    log.forEach(this::look);
    boolean clean =
        lost.isEmpty() && repeated.isEmpty() && foreign.isEmpty() && waiting - waitingHeld < batch;
    return new AuditResult(
        clean,
        images,
        trained,
        held,
        dead,
        waiting,
        List.copyOf(waitingRanges),
        List.copyOf(lost),
        List.copyOf(repeated),
        List.copyOf(foreign),
        batch,
        checkpoint);
  }

  private void look(Pushed pushed) {
    Ledger.Entry entry =
        ledger.stream()
            .filter(of -> of.partition() == pushed.partition())
            .findFirst()
            .orElse(new Ledger.Entry("", pushed.partition(), 0, 0, new long[0]));
    long[] ranges = entry.ranges();
    long end = ranges.length == 0 ? 0 : ranges[ranges.length - 1];
    images += pushed.images().size();
    Stretch waits = new Stretch(pushed.partition());
    for (long offset : pushed.images()) {
      boolean inLedger = entry.contains(offset);
      boolean isDead = pushed.dead().contains(offset);
      boolean isHeld = inLedger && pushed.held().contains(offset);
      held += isHeld ? 1 : 0;
      trained += inLedger && !isHeld ? 1 : 0;
      dead += isDead ? 1 : 0;
      if (!inLedger && !isDead && offset >= end) {
        waiting++;
        waitingHeld += pushed.held().contains(offset) ? 1 : 0;
        waits.goesOn(offset);
      } else {
        waits.ends();
      }
      if (inLedger && isDead) {
        repeated.add(name(pushed, offset) + " (trained and dead-lettered)");
      } else if (!inLedger && !isDead && offset < end) {
        lost.add(name(pushed, offset));
      }
    }
    waits.ends();
    lookAtLedger(pushed, entry);
  }

  /** Count and digest show what ranges alone cannot: an image that was entered twice. */
  private void lookAtLedger(Pushed pushed, Ledger.Entry entry) {
    long distinct = 0;
    long digest = 0;
    long[] ranges = entry.ranges();
    for (int i = 0; i < ranges.length; i += 2) {
      for (long offset = ranges[i]; offset < ranges[i + 1]; offset++) {
        distinct++;
        digest += Ledger.hash(pushed.partition(), offset);
        if (offset >= pushed.earliest() && !pushed.images().contains(offset)) {
          foreign.add(name(pushed, offset));
        }
      }
    }
    if (entry.count() + entry.held() != distinct || entry.digest() + entry.heldDigest() != digest) {
      repeated.add(
          "partition "
              + pushed.partition()
              + ": "
              + entry.count()
              + " anchors and "
              + entry.held()
              + " held out for "
              + distinct
              + " images");
    }
  }

  private static String name(Pushed pushed, long offset) {
    return pushed.partition() + "-" + offset;
  }

  /** Images of a partition that wait one behind the other, with none between that does not. */
  private final class Stretch {
    private final int partition;
    private long first = -1;
    private long last;

    Stretch(int partition) {
      this.partition = partition;
    }

    void goesOn(long offset) {
      first = first < 0 ? offset : first;
      last = offset;
    }

    void ends() {
      if (first >= 0) {
        String to = last == first ? "" : "-" + last;
        waitingRanges.add(topic + "-" + partition + "@" + first + to);
      }
      first = -1;
    }
  }
}
