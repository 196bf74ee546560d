package io.bagpipe.model.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnginesTest {
  @Test
  void saysWhatCanComputeHereAndThatNoGpuHasRunLibtorch() {
    assertThat(Engines.finding().value())
        .contains("onednn on cpu in float32;")
        .contains("torch on cpu in float32, bf16")
        .contains("no GPU has run torch yet");
  }
}
