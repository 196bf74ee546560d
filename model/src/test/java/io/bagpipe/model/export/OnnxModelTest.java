package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.Golden;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxModelTest {
  private static final float[] ZERO = {0, 0, 0};
  private static final float[] ONE = {1, 1, 1};

  @ParameterizedTest
  @EnumSource(Stem.class)
  void onnxRuntimeComputesWhatPyTorchDid(Stem stem) throws Exception {
    Path golden =
        Golden.path("network", "resnet18_w8_" + (stem == Stem.CIFAR ? "cifar" : "imagenet"));
    Tensor input = NumpyFile.npy(golden.resolve("input.npy"));
    int count = input.shape()[0];
    int size = input.shape()[2];
    Architecture architecture = new Architecture(Family.RESNET18, 8, stem, new Head(32, 16));
    Student student =
        new Student(
            architecture,
            NumpyFile.npz(golden.resolve("before.npz")),
            new Preprocessing(size, 0, size, ZERO, ONE),
            new Provenance(0, "none", "none"));

    var result = OnnxRuntimeRun.run(onnx(student, true), input.data(), count, size);

    assertClose(
        result.outputs().get("features"), NumpyFile.npy(golden.resolve("eval_features.npy")));
    assertClose(
        result.outputs().get("embedding"), NumpyFile.npy(golden.resolve("eval_output.npy")));
  }

  @Test
  void theNormalisationIsInside() throws Exception {
    Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 16);
    Student bare =
        new Student(
            student.architecture(),
            student.state(),
            new Preprocessing(16, 0, 16, ZERO, ONE),
            student.provenance());
    float[] pixels = Students.pixels(2, 16);
    float[] normalised = pixels.clone();
    for (int i = 0; i < pixels.length; i++) {
      int channel = i / (16 * 16) % 3;
      normalised[i] = (pixels[i] - Students.MEAN[channel]) / Students.DEVIATION[channel];
    }

    float[][] inside =
        OnnxRuntimeRun.run(onnx(student, true), pixels, 2, 16).outputs().get("embedding");
    float[][] outside =
        OnnxRuntimeRun.run(onnx(bare, true), normalised, 2, 16).outputs().get("embedding");

    for (int i = 0; i < inside.length; i++) {
      assertThat(inside[i]).containsExactly(outside[i], within(1e-5f));
    }
  }

  @Test
  void theHeadStaysAtHomeUnlessAskedFor() throws Exception {
    Student student = Students.of(Family.EFFICIENTNET_B0, 64, Stem.CIFAR, 32);
    float[] pixels = Students.pixels(3, 32);

    var without = OnnxRuntimeRun.run(onnx(student, false), pixels, 3, 32).outputs();
    var with = OnnxRuntimeRun.run(onnx(student, true), pixels, 3, 32).outputs();

    assertThat(without).containsOnlyKeys("features");
    assertThat(with).containsOnlyKeys("features", "embedding");
    assertThat(with.get("features")).isDeepEqualTo(without.get("features"));
    assertThat(with.get("embedding")[0]).hasSize(16);
    assertThat(onnx(student, false)).hasSizeLessThan(onnx(student, true).length);
  }

  @Test
  void theFileSaysHowToFeedItAndWhereItComesFrom() throws Exception {
    Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 28);

    var metadata =
        OnnxRuntimeRun.run(onnx(student, false), Students.pixels(1, 28), 1, 28).metadata();

    assertThat(metadata)
        .containsEntry("image.size", "28")
        .containsEntry("image.mean", "[0.485, 0.456, 0.406]")
        .containsEntry("image.std", "[0.229, 0.224, 0.225]")
        .containsEntry("image.pad", "2")
        .containsEntry("image.colour_order", "RGB")
        .containsEntry("student.architecture", "resnet18")
        .containsEntry("student.width", "4")
        .containsEntry("student.stem", "cifar")
        .containsEntry("student.anchors", "25600")
        .containsEntry("student.checkpoint", "000025600")
        .containsEntry("student.teacher", "builtin:fashion-mnist");
    assertThat(metadata.get("image.resize")).contains("shorter edge to 32", "centre crop of 28");
  }

  @Test
  void weightsThatDoNotFitAreRefusedBeforeAnythingIsWritten() {
    Student narrow = Students.of(Family.RESNET18, 4, Stem.CIFAR, 16);
    Architecture wide = new Architecture(Family.RESNET18, 8, Stem.CIFAR, new Head(24, 16));

    assertThatThrownBy(
            () -> new Student(wide, narrow.state(), narrow.preprocessing(), narrow.provenance()))
        .hasMessageContaining("conv1.weight");
  }

  static byte[] onnx(Student student, boolean head) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxModel.write(student, head, out);
    return out.toByteArray();
  }

  private static void assertClose(float[][] actual, Tensor expected) {
    int columns = expected.shape()[1];
    assertThat(actual.length).isEqualTo(expected.shape()[0]);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.data().length; i++) {
      double value = expected.data()[i];
      difference += Math.pow(actual[i / columns][i % columns] - value, 2);
      norm += value * value;
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(1e-4);
  }
}
