package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final long MILLI = 1_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final AtomicLong processor = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();

  private Deadline deadline(long millis) {
    return new Deadline(
        Duration.ofMillis(millis),
        clock::get,
        thread -> {
          asked.incrementAndGet();
          return processor.get();
        });
  }

  @Test
  void aHostThatStallsDoesNotMakeItPass() throws Exception {
    Deadline deadline = deadline(100);
    processor.addAndGet(40 * MILLI);
    clock.addAndGet(3_600_000 * MILLI);

    deadline.check();
    assertThat(deadline.passed()).isFalse();

    processor.addAndGet(59 * MILLI);
    clock.addAndGet(59 * MILLI);
    assertThat(deadline.passed()).isFalse();
    processor.addAndGet(2 * MILLI);
    clock.addAndGet(2 * MILLI);
    assertThat(deadline.passed()).isTrue();
  }

  @Test
  void theProcessorIsAskedOnlyWhenTimeMayBeUp() {
    Deadline deadline = deadline(100);
    int before = asked.get();
    for (int row = 0; row < 99; row++) {
      clock.addAndGet(MILLI);
      assertThat(deadline.passed()).isFalse();
    }
    assertThat(asked).hasValue(before);

    clock.addAndGet(10 * MILLI); // the thread has had none so far: 100 ms are still to come
    for (int row = 0; row < 99; row++) {
      clock.addAndGet(MILLI);
      assertThat(deadline.passed()).isFalse();
    }
    assertThat(asked).hasValue(before + 1);
  }

  @Test
  void whoBeginsIsWhoIsCounted() {
    Deadline deadline = deadline(100);
    processor.set(500 * MILLI);
    clock.set(500 * MILLI);
    deadline.begin();
    assertThat(deadline.usedNanos()).isZero();
    assertThat(deadline.passed()).isFalse();
    deadline.cutOff();
    assertThat(deadline.passed()).isTrue();
  }
}
