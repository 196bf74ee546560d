package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static Checkpoint of(long step, Tensor... tensors) {
    StateDict network = new StateDict();
    for (Tensor tensor : tensors) {
      network.put(tensor);
    }
    CheckpointInfo other = Checkpoints.ofStep(step).info();
    return new Checkpoint(
        other,
        Components.of(
            Component.of(Components.MODEL, "", network, Map.of()),
            Component.of("objective", "bingo", new StateDict(), Map.of())));
  }

  /** By Python: hashlib over names, a zero byte, and struct.pack("<%df"). */
  @Test
  void theDigestOfTheWeightsIsOfNamesAndValuesAlone() {
    Tensor weights = new Tensor("conv1.weight", new int[] {3}, new float[] {1, -2.5f, 0.125f});
    Tensor bias = new Tensor("fc.bias", new int[] {1}, new float[1]);
    String golden = "0df025d365cf9c0bdd0ce42e84b85f1a9a940037b81337ac17bf206aa419150b";
    assertThat(of(64, weights, bias).weightsSha256()).isEqualTo(golden);
    assertThat(of(128, weights, bias).weightsSha256()).isEqualTo(golden);
    assertThat(of(64, bias, weights).weightsSha256()).isNotEqualTo(golden);

    float[] many = new float[70_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = i;
    }
    assertThat(of(64, new Tensor("w", new int[] {many.length}, many)).weightsSha256())
        .isEqualTo("8953d01924a81e4ad3ae3f14ec1efc142a5cbb20ed4807876ac9910091bbc4a1");
  }

  @Test
  void saysByWhatItsStudentLearns() {
    assertThat(of(64).objective()).isEqualTo("bingo");
    Checkpoint without =
        new Checkpoint(
            Checkpoints.ofStep(1).info(),
            new Components(List.of(Component.of(Components.MODEL, "", new StateDict(), Map.of()))));
    assertThat(without.objective()).isEmpty();
  }
}
