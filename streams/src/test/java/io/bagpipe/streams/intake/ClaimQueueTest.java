package io.bagpipe.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.record.InputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bounds, turns and claims, without a broker. */
class ClaimQueueTest {
  private static final int RECORD = 10;

  private int opened;
  private final ClaimQueue queue = new ClaimQueue(new QueueLimits(4, 8, 40, 1_000), () -> opened++);

  private static List<InputRecord> records(int partition, long from, int count, int bytes) {
    List<InputRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(
          new InputRecord("images", partition, from + i, null, new byte[bytes], Map.of(), 0));
    }
    return records;
  }

  private Claim claimed(int partition, long start) throws InterruptedException {
    Claim claim = queue.claim(partition, start);
    assertThat(next(BatchLimits.single())).isEqualTo(new Delivery.Claimed(claim));
    return claim;
  }

  private void fill(Claim claim, long from, int count) {
    queue.add(claim, records(claim.partition(), from, count, RECORD), from + count);
  }

  private Delivery next(BatchLimits limits) throws InterruptedException {
    return queue.next(limits, () -> true, 0, TimeUnit.MILLISECONDS);
  }

  private static List<Long> offsets(Delivery delivery) {
    return ((Delivery.Batch) delivery).records().stream().map(InputRecord::offset).toList();
  }

  @Test
  void isFullAtTheHighMarkAndHasRoomAgainAtTheLowOne() throws InterruptedException {
    Claim claim = claimed(0, 0);
    fill(claim, 0, 7);
    assertThat(queue.flows()).isTrue();
    fill(claim, 7, 1);
    assertThat(queue.flows()).as("eight records").isFalse();
    for (int left = 7; left > 4; left--) {
      next(BatchLimits.single());
      assertThat(queue.flows()).as("%d records", left).isFalse();
    }
    assertThat(opened).isZero();
    next(BatchLimits.single());
    assertThat(queue.flows()).as("four records").isTrue();
    assertThat(opened).isEqualTo(1);
    assertThat(queue.status(null, null).queuedRecords()).isEqualTo(4);
    assertThat(queue.status(null, null).queuedBytes()).isEqualTo(4L * RECORD);
  }

  @Test
  void isFullInBytesToo() throws InterruptedException {
    Claim claim = claimed(0, 0);
    queue.add(claim, records(0, 0, 1, 999), 1);
    assertThat(queue.flows()).isTrue();
    queue.add(claim, records(0, 1, 1, 1), 2);
    assertThat(queue.flows()).as("a thousand bytes").isFalse();
    next(BatchLimits.single());
    assertThat(queue.flows()).isTrue();
    queue.add(claim, records(0, 2, 1, 41), 3);
    queue.add(claim, records(0, 3, 1, 1_000), 4);
    next(BatchLimits.single());
    next(BatchLimits.single());
    assertThat(queue.flows()).as("a thousand bytes").isFalse();
  }

  @Test
  void partitionsTakeTurns() throws InterruptedException {
    Claim first = claimed(0, 0);
    Claim second = claimed(1, 100);
    Claim third = claimed(2, 200);
    fill(first, 0, 2);
    fill(second, 100, 2);
    fill(third, 200, 2);
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.addAll(offsets(next(BatchLimits.single())));
    }
    assertThat(order).containsExactly(0L, 100L, 200L, 1L, 101L, 201L);
    assertThat(next(BatchLimits.single())).isNull();
  }

  @Test
  void aBatchIsCutAtItsRecordsAndBytesAndHoldsOneAtLeast() throws InterruptedException {
    Claim claim = claimed(0, 0);
    fill(claim, 0, 8);
    BatchLimits three = new BatchLimits(3, Long.MAX_VALUE, Duration.ZERO);
    Delivery.Batch batch = (Delivery.Batch) next(three);
    assertThat(offsets(batch)).containsExactly(0L, 1L, 2L);
    assertThat(batch.nextOffset()).isEqualTo(3);
    assertThat(batch.bytes()).isEqualTo(3L * RECORD);
    assertThat(offsets(next(new BatchLimits(9, 2 * RECORD, Duration.ZERO))))
        .containsExactly(3L, 4L);
    assertThat(offsets(next(new BatchLimits(9, 2 * RECORD - 1, Duration.ZERO))))
        .containsExactly(5L);
    assertThat(offsets(next(new BatchLimits(9, 1, Duration.ZERO)))).containsExactly(6L);
  }

  @Test
  void whatIsLessThanABatchWaitsForIt() throws InterruptedException {
    Claim claim = claimed(0, 0);
    BatchLimits patient = new BatchLimits(3, 5 * RECORD, Duration.ofDays(1));
    fill(claim, 0, 2);
    assertThat(next(patient)).isNull();
    fill(claim, 2, 1);
    assertThat(offsets(next(patient))).containsExactly(0L, 1L, 2L);
    queue.add(claim, records(0, 3, 1, 5 * RECORD), 4);
    assertThat(offsets(next(patient))).as("bytes enough").containsExactly(3L);
    fill(claim, 4, 1);
    assertThat(offsets(next(new BatchLimits(3, 50, Duration.ofNanos(1))))).containsExactly(4L);
  }

  @Test
  void nothingOfALostClaimComesOutOrCounts() throws InterruptedException {
    Claim claim = claimed(0, 0);
    fill(claim, 0, 8);
    assertThat(queue.flows()).isFalse();
    queue.lose(0);
    assertThat(claim.isLive()).isFalse();
    assertThat(queue.flows()).isTrue();
    assertThat(queue.claimed()).isEmpty();
    fill(claim, 8, 1); // polled before the loss was known
    assertThat(queue.status(null, null).queuedRecords()).isZero();
    assertThat(queue.status(null, null).queuedBytes()).isZero();
    assertThat(next(BatchLimits.single())).isEqualTo(new Delivery.Lost(claim));
    assertThat(next(BatchLimits.single())).isNull();
  }

  @Test
  void aClaimThatCameAndWentIsNotHeardOf() throws InterruptedException {
    queue.claim(0, 5);
    queue.lose(0);
    assertThat(next(BatchLimits.single())).isNull();
  }

  @Test
  void aPartitionThatComesBackIsAnotherClaim() throws InterruptedException {
    Claim former = claimed(0, 0);
    fill(former, 0, 2);
    Claim claim = queue.claim(0, 1);
    assertThat(former.isLive()).isFalse();
    assertThat(queue.current(0)).isSameAs(claim);
    assertThat(next(BatchLimits.single())).isEqualTo(new Delivery.Lost(former));
    assertThat(next(BatchLimits.single())).isEqualTo(new Delivery.Claimed(claim));
    assertThat(next(BatchLimits.single())).isNull();
  }

  @Test
  void onlyWhoIsDoneCommitsBeyondTransactionMarkers() throws InterruptedException {
    Claim claim = claimed(0, 3);
    queue.add(claim, records(0, 3, 2, RECORD), 5);
    queue.add(claim, List.of(), 7); // markers
    assertThat(queue.committable(claim, 4)).as("a record is left").isEqualTo(4);
    assertThat(queue.committable(claim, 5)).isEqualTo(7);
    assertThat(queue.idleAdvances()).as("not settled").isEmpty();
    queue.settled(claim, 5);
    assertThat(queue.idleAdvances()).containsExactly(Map.entry(claim, 7L));
    queue.settled(claim, 7);
    assertThat(queue.idleAdvances()).isEmpty();
    assertThat(queue.committable(claim, 7)).isEqualTo(7);
    queue.add(claim, List.of(), 6);
    queue.settled(claim, 2);
    assertThat(queue.idleAdvances()).as("neither goes back").isEmpty();
  }

  @Test
  void pausedOrClosedItGivesNothing() throws InterruptedException {
    Claim claim = claimed(0, 0);
    fill(claim, 0, 1);
    queue.pause(true);
    assertThat(queue.flows()).isFalse();
    assertThat(opened).isEqualTo(1);
    assertThat(next(BatchLimits.single())).isNull();
    queue.pause(false);
    assertThat(queue.flows()).isTrue();
    assertThat(queue.next(BatchLimits.single(), () -> false, 0, TimeUnit.SECONDS)).isNull();
    queue.close();
    assertThat(queue.flows()).isFalse();
    assertThat(next(BatchLimits.single())).isNull();
  }
}
