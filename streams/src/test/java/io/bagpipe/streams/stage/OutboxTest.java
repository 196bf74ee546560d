package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.record.OutputRecord;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox(100);

  private static Finished finished(long nextOffset, int bytes) {
    StageOutput output = StageOutput.of(List.of(OutputRecord.of(null, new byte[bytes])));
    return new Finished(null, nextOffset, 1, 1, output, bytes);
  }

  private Thread putting(Finished finished) {
    Thread thread =
        new Thread(
            () -> {
              try {
                outbox.put(finished);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void whoeverPutsWaitsForRoomInBytes() throws Exception {
    outbox.put(finished(1, 60));
    outbox.put(finished(2, 40));
    assertThat(outbox.bytes()).isEqualTo(100);
    assertThat(outbox.records()).isEqualTo(2);
    Thread third = putting(finished(3, 1));
    await().until(() -> third.getState() == Thread.State.WAITING);
    assertThat(outbox.records()).isEqualTo(2);

    assertThat(outbox.poll(0).nextOffset()).isEqualTo(1);

    third.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(outbox.bytes()).isEqualTo(41);
    assertThat(outbox.poll(0).nextOffset()).isEqualTo(2);
    assertThat(outbox.poll(0).nextOffset()).isEqualTo(3);
    assertThat(outbox.poll(0)).isNull();
    assertThat(outbox.bytes()).isZero();
    assertThat(outbox.records()).isZero();
  }

  @Test
  void aBatchThatIsTooLargeFitsAlone() throws Exception {
    outbox.put(finished(1, 1_000));
    assertThat(outbox.poll(0).nextOffset()).isEqualTo(1);
  }

  @Test
  void theEndFreesWhoeverWaitsAndIsReachedWhenAllIsTaken() throws Exception {
    outbox.put(finished(1, 100));
    Thread second = putting(finished(2, 100));
    await().until(() -> second.getState() == Thread.State.WAITING);
    outbox.end();
    second.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(outbox.records()).isEqualTo(2);
    assertThat(outbox.isDrained()).isFalse();
    outbox.poll(0);
    outbox.poll(0);
    assertThat(outbox.isDrained()).isTrue();
    assertThat(outbox.poll(TimeUnit.DAYS.toNanos(1))).isNull();
  }

  @Test
  void pollWaitsForWhatComesInTime() throws Exception {
    assertThat(outbox.poll(1_000)).isNull();
    assertThat(outbox.isDrained()).isFalse();
    Thread later = putting(finished(1, 5));
    assertThat(outbox.poll(TimeUnit.SECONDS.toNanos(20)).nextOffset()).isEqualTo(1);
    later.join();
  }
}
