package io.bagpipe.verticles.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyClockTest {
  private static final Instant BEGIN = Instant.parse("2026-11-22T12:00:00Z");

  private final JumpingClock calendar = new JumpingClock();

  /** Its end comes soon: what it counts from is anywhere, and it may run over. */
  private long nanos = Long.MAX_VALUE - 1_000;

  private final SteadyClock clock = new SteadyClock(calendar, () -> nanos);

  /** The computer's, which somebody sets. */
  private static final class JumpingClock extends Clock {
    private Instant now = BEGIN;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    calendar.now = calendar.now.plus(time);
  }

  @Test
  void beginsByTheCalendarAndGoesOnWithIt() {
    assertThat(clock.instant()).isEqualTo(BEGIN);

    pass(Duration.ofSeconds(90));

    assertThat(clock.instant()).isEqualTo(BEGIN.plusSeconds(90)).isEqualTo(calendar.now);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT-1H", "P3650D", "PT-0.5S"})
  void measuresTheSameWhateverIsDoneToTheCalendar(Duration jump) {
    pass(Duration.ofSeconds(2));
    Instant before = clock.instant();

    calendar.now = calendar.now.plus(jump);
    assertThat(Duration.between(before, clock.instant())).isZero();

    pass(Duration.ofSeconds(3));
    assertThat(Duration.between(before, clock.instant())).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void isOfTheComputerUnlessToldOtherwise() {
    SteadyClock ours = new SteadyClock();
    long before = System.nanoTime();
    Instant first = ours.instant();
    Instant second = ours.instant();
    long after = System.nanoTime();

    assertThat(Duration.between(first, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    assertThat(Duration.between(first, second).toNanos()).isBetween(0L, after - before);
    assertThat(ours.withZone(ZoneOffset.MAX).getZone()).isEqualTo(ZoneOffset.UTC);
  }
}
