package io.bagpipe.verticles.service;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private Instant calendar = Instant.parse("2026-11-25T12:00:00Z");

  /** What it counts from is anywhere. */
  private long nanos = -90_000_000_000L;

  private final ClockWatch watch =
      new ClockWatch(
          new Clock() {
            @Override
            public Instant instant() {
              return calendar;
            }

            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }
          },
          () -> nanos);

  private void pass(Duration even, Duration byTheCalendar) {
    nanos += even.toNanos();
    calendar = calendar.plus(byTheCalendar);
  }

  @Test
  void timeThatPassesIsNoStep() {
    for (int i = 0; i < 200; i++) {
      pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
      assertThatCode(watch::look).doesNotThrowAnyException();
    }
  }

  @Test
  void aStepBackIsToldOnceWithItsLength() {
    pass(Duration.ofSeconds(1), Duration.ofSeconds(1).minusHours(2));

    assertThatThrownBy(watch::look)
        .isInstanceOf(ClockSetBackException.class)
        .hasMessageContaining("set back by 7200 s");
    pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
    assertThatCode(watch::look).doesNotThrowAnyException();
  }

  @Test
  void aStepForwardASmallStepAndASlowClockDoNoHarm() {
    pass(Duration.ofSeconds(1), Duration.ofHours(3));
    assertThatCode(watch::look).doesNotThrowAnyException();
    pass(Duration.ofSeconds(1), Duration.ofSeconds(-4));
    assertThatCode(watch::look).doesNotThrowAnyException();
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(1), Duration.ofMillis(900));
      assertThatCode(watch::look).doesNotThrowAnyException();
    }
  }

  @Test
  void theWayBackAfterAStepForwardIsAStepBack() throws Exception {
    pass(Duration.ofSeconds(1), Duration.ofHours(3));
    watch.look();
    pass(Duration.ofSeconds(1), Duration.ofHours(-3));

    assertThatThrownBy(watch::look).hasMessageContaining("set back by 10801 s");
  }
}
