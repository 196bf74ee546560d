package io.bagpipe.verticles.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.verticles.config.CheckpointConfig;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class PipelineBenchTest {
  private static JsonObject progress(long checkpoints, long savingNanos) {
    return new JsonObject().put("checkpoints", checkpoints).put("savingNanos", savingNanos);
  }

  @Test
  void whatCheckpointsCostIsToldForThisRunAndForTheDefaultPeriod() {
    PipelineBench.Saving saving =
        PipelineBench.Saving.between(progress(2, 900_000_000), progress(5, 1_500_000_000), 30e9);

    assertThat(saving.checkpoints()).isEqualTo(3);
    assertThat(saving.share()).isCloseTo(0.02, within(1e-12));
    assertThat(saving.meanSeconds()).isCloseTo(0.2, within(1e-12));
    assertThat(CheckpointConfig.standardEvery()).hasSeconds(60);
    assertThat(saving.shareAt(CheckpointConfig.standardEvery())).isCloseTo(0.2 / 60, within(1e-12));
  }

  @Test
  void withoutACheckpointThereIsNothingToTellOfOne() {
    PipelineBench.Saving saving =
        PipelineBench.Saving.between(progress(1, 300_000_000), progress(1, 300_000_000), 30e9);

    assertThat(saving.share()).isZero();
    assertThat(saving.meanSeconds()).isNaN();
    assertThat(saving.shareAt(CheckpointConfig.standardEvery())).isNaN();
  }
}
