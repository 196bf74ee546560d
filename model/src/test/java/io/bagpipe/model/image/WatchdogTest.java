package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.image.ImageRejectedException.Reason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final long SECOND = 1_000_000_000;

  private final Watchdog watchdog = new Watchdog();

  private static Deadline deadline(long millis) {
    return new Deadline(Duration.ofMillis(millis));
  }

  private void assertGivenUp(Watchdog.Step<?> step, long millis, long processorNanos) {
    assertThatThrownBy(() -> watchdog.run(step, deadline(millis), processorNanos))
        .isInstanceOfSatisfying(
            ImageRejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT));
  }

  @Test
  void aDecoderThatCannotBeEndedIsCountedUntilItEndsAndTooManyAreSaid() throws Exception {
    int before = StrayDecoders.running();
    AtomicBoolean released = new AtomicBoolean();
    try {
      for (int i = 0; i <= StrayDecoders.MOST; i++) {
        assertThat(StrayDecoders.running()).isEqualTo(before + i);
        StrayDecoders.check();
        assertGivenUp(
            () -> {
              while (!released.get()) {
                Thread.onSpinWait();
              }
              return "";
            },
            10,
            SECOND);
      }
      assertThatThrownBy(StrayDecoders::check)
          .hasMessageContaining("decoders that were cut off still run")
          .hasMessageContaining("new start");
    } finally {
      released.set(true);
    }
    long patience = System.nanoTime() + 10 * SECOND;
    while (StrayDecoders.running() > before && System.nanoTime() < patience) {
      Thread.onSpinWait();
    }
    assertThat(StrayDecoders.running()).isEqualTo(before);
    assertThat(watchdog.<String>run(() -> "next", deadline(1000), SECOND)).isEqualTo("next");
  }

  @Test
  void oneThatWaitsForWhatNeverComesIsGivenUpAndLeavesNothing() throws Exception {
    int before = StrayDecoders.running();
    CountDownLatch interrupted = new CountDownLatch(1);
    assertGivenUp(
        () -> {
          try {
            new CountDownLatch(1).await();
          } finally {
            interrupted.countDown();
          }
          return "";
        },
        60,
        SECOND);
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    long patience = System.nanoTime() + 10 * SECOND;
    while (StrayDecoders.running() > before && System.nanoTime() < patience) {
      Thread.onSpinWait();
    }
    assertThat(StrayDecoders.running()).isEqualTo(before);
  }
}
