package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long LOOK = 200_000_000;

  private final Pace pace = new Pace();

  @Test
  void aSteadyGroupsPaceIsFoundWithinSeconds() {
    for (int look = 0; look < 60; look++) {
      pace.looked(Map.of(0, 1000L + 20L * look, 1, 5L * look), look * LOOK);
    }
    assertThat(pace.perSecond()).isEqualTo(125, within(1.0));
  }

  @Test
  void aGroupThatStandsStillHasNoneBeforeLong() {
    pace.looked(Map.of(0, 0L), 0);
    pace.looked(Map.of(0, 1000L), 5 * LOOK);
    assertThat(pace.perSecond()).isGreaterThan(300);

    pace.looked(Map.of(0, 1000L), 100 * LOOK);
    assertThat(pace.perSecond()).isLessThan(1);
  }

  @Test
  void aFirstLookAndANewPartitionAreNoPace() {
    pace.looked(Map.of(0, 1_000_000L), LOOK);
    assertThat(pace.perSecond()).isZero();

    pace.looked(Map.of(0, 1_000_000L, 1, 1_000_000L), 2 * LOOK);
    assertThat(pace.perSecond()).isZero();
  }

  @Test
  void offsetsThatWereSetBackAreNoPace() {
    pace.looked(Map.of(0, 1_000L), LOOK);
    pace.looked(Map.of(0, 10L), 2 * LOOK);
    assertThat(pace.perSecond()).isZero();
  }

  @Test
  void aFastGroupMayBeFurtherBehindThanTheGatesRecords() {
    LagGate.Settings gate =
        new LagGate.Settings(
            "group", 8, 32, 1 << 20, 4 << 20, Duration.ofMillis(200), Duration.ofSeconds(2));

    assertThat(gate.records(0)).containsExactly(8, 32);
    assertThat(gate.records(3)).as("64 images each, as the demo's student").containsExactly(8, 32);
    assertThat(gate.records(156)).as("10,000 images a second").containsExactly(78, 312);
  }
}
