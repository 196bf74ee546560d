package io.bagpipe.model.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ModelThreadTest {
  private final ModelThread thread = new ModelThread("model-test");
  private final CountDownLatch returned = new CountDownLatch(1);
  private final AtomicInteger givenBack = new AtomicInteger();

  @Test
  void whatIsOpenedForSomebodyWhoWasInterruptedIsGivenBack() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () ->
                thread.open(
                    "cannot open",
                    () -> {
                      returned.await(); // done only when nobody waits any more
                      return 7;
                    },
                    given -> givenBack.addAndGet(given)))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).as("the interrupt is passed on").isTrue();
    thread.close(); // as the caller does
    returned.countDown();

    awaitGivenBack();
  }

  private void awaitGivenBack() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (givenBack.get() == 0 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(givenBack).hasValue(7);
  }

  @Test
  void whatCouldNotBeOpenedIsNotGivenBackAndWhatWasIsTheCallers() {
    assertThatThrownBy(
            () ->
                thread.open(
                    "cannot open",
                    () -> {
                      throw new IllegalStateException("no model\nat all");
                    },
                    given -> givenBack.incrementAndGet()))
        .hasMessage("cannot open: no model");
    assertThat(thread.<Integer>open("", () -> 3, given -> givenBack.incrementAndGet()))
        .isEqualTo(3);
    assertThat(thread.<Integer>call("", () -> 4)).isEqualTo(4);
    assertThat(givenBack).hasValue(0);
    thread.close();
  }
}
