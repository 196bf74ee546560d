package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.config.CheckpointConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final CheckpointConfig CHECKPOINTS =
      new CheckpointConfig(Duration.ofSeconds(60), 0, 3, "");

  private long seconds = 1_000;

  private Rhythm rhythm(long every, double share) {
    Rhythm rhythm = new Rhythm(CHECKPOINTS, every, share, () -> seconds * 1_000_000_000);
    rhythm.start(0);
    return rhythm;
  }

  /** One of ten seconds, now. */
  private void evaluate(Rhythm rhythm, long anchors) {
    seconds += 10;
    rhythm.evaluated(anchors, 10_000_000_000L);
  }

  @Test
  void anEvaluationWaitsAsLongAsItWouldTakeMoreThanItsShare() {
    Rhythm rhythm = rhythm(100, 0.2);
    evaluate(rhythm, 0);
    seconds += 79;
    assertThat(rhythm.evaluationDue(5_000)).as("20 of 99 seconds").isFalse();
    seconds += 1;
    assertThat(rhythm.evaluationDue(99)).isFalse();
    assertThat(rhythm.evaluationDue(5_000)).as("20 of 100 seconds").isTrue();
    evaluate(rhythm, 5_000);
    assertThat(rhythm.evaluationDue(5_099)).as("it is not made up for").isFalse();
  }

  /** Where evaluating takes ten times as long as training to the next, it still has its share. */
  @Test
  void evaluationsNeverTakeMoreThanTheirShare() {
    Rhythm rhythm = rhythm(1, 0.25);
    evaluate(rhythm, 0); // what it takes is not known before the first
    long evaluating = 10;
    for (long anchors = 0; anchors < 1_000; anchors++) {
      seconds += 1;
      if (rhythm.evaluationDue(anchors)) {
        evaluate(rhythm, anchors);
        evaluating += 10;
        assertThat(evaluating).isLessThanOrEqualTo((seconds - 1_000) / 4);
      }
    }
    assertThat(evaluating).as("and has all of it").isGreaterThan((seconds - 1_000) / 5);
  }

  @Test
  void aShareOfAllWaitsForNothing() {
    Rhythm rhythm = rhythm(100, 1);
    evaluate(rhythm, 0);
    for (long anchors = 100; anchors < 1_000; anchors += 100) {
      assertThat(rhythm.evaluationDue(anchors)).isTrue();
      evaluate(rhythm, anchors);
      assertThat(rhythm.evaluationDue(anchors + 99)).isFalse();
    }
  }

  @Test
  void withoutAnIntervalNoneIsDue() {
    Rhythm rhythm = rhythm(0, 1);
    evaluate(rhythm, 0);
    seconds += 100_000;
    assertThat(rhythm.evaluationDue(Long.MAX_VALUE - 1)).isFalse();
  }

  @Test
  void aCheckpointIsDueByTheClock() {
    Rhythm rhythm = rhythm(0, 1);
    seconds += 59;
    assertThat(rhythm.checkpointDue(10)).isFalse();
    seconds += 1;
    assertThat(rhythm.checkpointDue(10)).isTrue();
    rhythm.saved(10);
    assertThat(rhythm.checkpointDue(20)).isFalse();
  }
}
