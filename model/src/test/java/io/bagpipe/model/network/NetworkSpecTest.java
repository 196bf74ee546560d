package io.bagpipe.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.network.Architecture.Family;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkSpecTest {
  private static final Architecture RESNET18 = Architecture.of(Family.RESNET18, Stem.IMAGENET);

  @ParameterizedTest
  @EnumSource(Family.class)
  void namesAndShapesAreTorchvisions(Family family) throws IOException {
    NetworkSpec spec = Architecture.of(family, Stem.IMAGENET).spec();

    List<String> backbone =
        spec.parameters().stream()
            .filter(parameter -> !parameter.name().matches("(fc|classifier)\\..*"))
            .map(NetworkSpecTest::line)
            .toList();

    assertThat(backbone).isEqualTo(torchvision(family));
  }

  @Test
  void theHeadStandsInTheClassifiersPlace() {
    NetworkSpec spec = RESNET18.spec();

    assertThat(spec.parameters().stream().map(NetworkSpecTest::line).toList())
        .endsWith(
            "fc.0.weight 2048 512", "fc.0.bias 2048", "fc.2.weight 128 2048", "fc.2.bias 128");
    assertThat(spec.featureDimension()).isEqualTo(512);
    assertThat(spec.embeddingDimension()).isEqualTo(128);
    // torchvision's resnet18 has 11,689,512 parameters, 513,000 of them in its classifier
    long head = 2048L * 512 + 2048 + 128 * 2048 + 128;
    assertThat(spec.parameterCount()).isEqualTo(11_689_512 - 513_000 + head);
  }

  @Test
  void aSmallImageKeepsItsSizeInTheCifarStem() {
    NetworkSpec cifar = new Architecture(Family.RESNET18, 16, Stem.CIFAR, new Head(32, 8)).spec();
    NetworkSpec imagenet =
        new Architecture(Family.RESNET50, 16, Stem.IMAGENET, new Head(32, 8)).spec();

    assertThat(cifar.shapes(32).of("layer1.1.relu")).isEqualTo(new Shape(32, 32, 16));
    assertThat(cifar.shapes(30).of("layer4.1.relu")).isEqualTo(new Shape(4, 4, 128));
    assertThat(imagenet.shapes(112).of("layer1.0.relu")).isEqualTo(new Shape(28, 28, 64));
    assertThat(imagenet.featureDimension()).isEqualTo(512);
  }

  @Test
  void weightsStartAsTorchvisionsDo() {
    StateDict state = RESNET18.spec().initialState(7);

    assertThat(deviation(state.get("layer3.1.conv1.weight").data()))
        .isCloseTo(Math.sqrt(2.0 / (256 * 9)), within(1e-4));
    assertThat(deviation(state.get("fc.0.weight").data()))
        .isCloseTo(1 / Math.sqrt(3 * 512), within(1e-4));
    assertThat(state.get("bn1.weight").data()).containsOnly(1f);
    assertThat(state.get("bn1.bias").data()).containsOnly(0f);
    assertThat(state.get("bn1.running_var").data()).containsOnly(1f);
  }

  @Test
  void oneSeedOneStart() {
    NetworkSpec spec = new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, 4)).spec();

    StateDict first = spec.initialState(3);
    StateDict again = spec.initialState(3);
    StateDict other = spec.initialState(4);

    for (Tensor tensor : first.tensors()) {
      assertThat(again.get(tensor.name()).data()).isEqualTo(tensor.data());
    }
    assertThat(other.get("conv1.weight").data()).isNotEqualTo(first.get("conv1.weight").data());
  }

  @Test
  void aStateThatDoesNotFitNamesTheTensor() {
    NetworkSpec spec = new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, 4)).spec();
    StateDict wide =
        new Architecture(Family.RESNET18, 8, Stem.CIFAR, new Head(8, 4)).spec().initialState(1);

    assertThatThrownBy(() -> spec.check(wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("conv1.weight: shape [8, 3, 3, 3], but resnet18 needs [4, 3, 3, 3]");
    assertThatThrownBy(() -> spec.check(new StateDict()))
        .hasMessageContaining("conv1.weight")
        .hasMessageContaining("missing");
  }

  @Test
  void anUnknownArchitectureListsTheKnown() {
    assertThat(Family.of("efficientnet_b0")).isEqualTo(Family.EFFICIENTNET_B0);
    assertThatThrownBy(() -> Family.of("vgg16"))
        .hasMessageContaining("vgg16")
        .hasMessageContaining("mobilenet_v3_large");
  }

  private static String line(Parameter parameter) {
    return parameter.name()
        + " "
        + parameter.shape().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  private static List<String> torchvision(Family family) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean inside = false;
    for (String line : read("/torchvision/state_dicts.txt").split("\n")) {
      if (line.startsWith("# ")) {
        inside = line.equals("# " + family.torchvisionName());
      } else if (inside) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String read(String resource) throws IOException {
    try (InputStream in = NetworkSpecTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
