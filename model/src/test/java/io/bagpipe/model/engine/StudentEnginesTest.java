package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StudentEnginesTest {
  private static final StudentEngineProvider FAST =
      new Fake("fast", 20, Device.Kind.CUDA, List.of("float32", "bfloat16"));
  private static final StudentEngineProvider PLAIN =
      new Fake("plain", 10, Device.Kind.CPU, List.of("float32"));
  private static final List<StudentEngineProvider> BOTH = List.of(FAST, PLAIN);

  private record Fake(String name, int rank, Device.Kind kind, List<String> taken)
      implements StudentEngineProvider {
    @Override
    public int priority(Device device) {
      return rank;
    }

    @Override
    public Optional<String> obstacle(Device device) {
      return device.kind() == kind
          ? Optional.empty()
          : Optional.of("device " + device + "; valid: " + kind);
    }

    @Override
    public List<String> precisions(Device device) {
      return taken;
    }

    @Override
    public StudentEngine create(EngineRequest request, EngineOptions options) {
      throw new AssertionError("nothing is to be made here");
    }
  }

  private static StudentEngineProvider choose(String engine, String device, String precision) {
    return StudentEngines.choose(new EngineOptions(engine, Device.of(device), precision, 0), BOTH);
  }

  @Test
  void autoTakesTheFirstThatCan() {
    assertThat(choose("auto", "cuda:1", "float32")).isSameAs(FAST);
    assertThat(choose("auto", "cpu", "float32")).isSameAs(PLAIN);
    assertThat(choose("plain", "cpu", "float32")).isSameAs(PLAIN);
  }

  @Test
  void aRefusalIsOneLineThatSaysWhatWouldBeValid() {
    assertThatThrownBy(() -> choose("fats", "cpu", "float32"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("engine fats; valid: auto, fast, plain");
    assertThatThrownBy(() -> choose("fast", "cpu", "float32"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("engine fast: device cpu; valid: CUDA");
    assertThatThrownBy(() -> choose("auto", "cpu", "bfloat16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "engine fast: device cpu; valid: CUDA; engine plain: precision bfloat16; valid:"
                + " float32");
    assertThatThrownBy(() -> Device.of("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device gpu; valid: auto, cpu, cuda or cuda:<number>");
  }

  @Test
  void theBuiltInsAreFoundAndOneDnnIsPreferredOnACpu() {
    List<StudentEngineProvider> found = StudentEngines.providers();
    assertThat(found).extracting(StudentEngineProvider::name).contains("onednn", "nd4j", "torch");
    assertThat(
            StudentEngines.choose(
                    new EngineOptions("auto", Device.CPU, EngineOptions.FLOAT32, 0), found)
                .name())
        .isEqualTo("onednn");
  }

  @Test
  void anEngineWithoutAPrecisionSaysWhichItHas() {
    List<StudentEngineProvider> found = StudentEngines.providers();
    assertThatThrownBy(
            () -> StudentEngines.choose(new EngineOptions("onednn", Device.CPU, "bf16", 0), found))
        .hasMessage("engine onednn: precision bf16; valid: float32");
    assertThatThrownBy(
            () -> StudentEngines.choose(new EngineOptions("torch", Device.CPU, "tf32", 0), found))
        .hasMessage("engine torch: precision tf32; valid: float32, bf16");
    assertThat(
            StudentEngines.choose(new EngineOptions("auto", Device.CPU, "bf16", 0), found).name())
        .isEqualTo("torch");
  }
}
