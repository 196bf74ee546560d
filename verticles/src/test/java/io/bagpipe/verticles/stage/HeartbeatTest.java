package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.intake.IntakeStatus;
import io.bagpipe.streams.stage.StageStatus;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static StageStatus status(
      io.bagpipe.streams.stage.StageState state, int queued, boolean paused) {
    IntakeStatus intake = new IntakeStatus(queued, 0, true, paused, Set.of(0), null, null);
    return new StageStatus("bags", state, 0, 0, 0, 0, 0, 0, intake, 0, 0, null, 0, 0, 0, null);
  }

  @Test
  void aStageThatReadsItsStateBackIsRestoringHoweverItsQueueIs() {
    StageEvent.Work work = new StageEvent.Work("records", 3, 10, 400);
    for (boolean paused : new boolean[] {false, true}) {
      assertThat(
              Heartbeat.doing(status(io.bagpipe.streams.stage.StageState.RUNNING, 5, paused), work))
          .isEqualTo(new StageEvent.Doing(StageState.RESTORING, work));
    }
    assertThat(Heartbeat.doing(status(io.bagpipe.streams.stage.StageState.RUNNING, 5, false), null))
        .isEqualTo(StageEvent.Doing.plain(StageState.RUNNING));
    assertThat(Heartbeat.doing(status(io.bagpipe.streams.stage.StageState.FAILED, 5, false), work))
        .isEqualTo(StageEvent.Doing.plain(StageState.FAILED));
  }
}
