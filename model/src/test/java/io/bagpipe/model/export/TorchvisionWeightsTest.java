package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.ElementType;
import io.bagpipe.model.safetensors.SafetensorsFile;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchvisionWeightsTest {
  @TempDir Path folder;

  private final Student student = Students.of(Family.RESNET18, 4, Stem.IMAGENET, 32);

  @ParameterizedTest
  @EnumSource(Family.class)
  void aStudentComesBackBitForBit(Family family) throws IOException {
    Student original =
        Students.of(family, family.name().startsWith("RESNET") ? 8 : 64, Stem.IMAGENET, 64);
    StateDict fresh = original.spec().initialState(99);

    var whole = TorchvisionWeights.load(write(original, true), original.spec(), fresh);
    var backbone = TorchvisionWeights.load(write(original, false), original.spec(), fresh);

    assertThat(whole.head()).isTrue();
    assertThat(backbone.head()).isFalse();
    for (Tensor tensor : original.state().tensors()) {
      assertThat(whole.state().get(tensor.name()).data()).isEqualTo(tensor.data());
      boolean head = tensor.name().matches("(fc|classifier)\\..*");
      assertThat(backbone.state().get(tensor.name()).data())
          .isEqualTo(head ? fresh.get(tensor.name()).data() : tensor.data());
    }
    original.spec().check(backbone.state());
  }

  @Test
  void batchNormsCarryPyTorchsCounter() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(write(student, false))) {
      assertThat(file.entries().stream().map(SafetensorsFile.Entry::name))
          .contains("bn1.num_batches_tracked", "layer4.0.downsample.1.num_batches_tracked")
          .doesNotContain("conv1.num_batches_tracked");
      assertThat(file.find("bn1.num_batches_tracked").type()).isEqualTo(ElementType.I64);
      assertThat(file.find("bn1.num_batches_tracked").shape()).isEmpty();
      assertThat(file.metadata()).containsEntry("student.anchors", "25600");
    }
  }

  @Test
  void torchvisionsOwnClassifierIsNoHead() throws IOException {
    StateDict state = new StateDict();
    for (Tensor tensor : student.state().tensors()) {
      if (!tensor.name().startsWith("fc.")) {
        state.put(tensor);
      }
    }
    state.put(new Tensor("fc.weight", new int[] {10, 32}, new float[320]));
    state.put(new Tensor("fc.bias", new int[] {10}, new float[10]));
    StateDict fresh = student.spec().initialState(3);

    var loaded = TorchvisionWeights.load(write(state), student.spec(), fresh);

    assertThat(loaded.head()).isFalse();
    assertThat(loaded.state().get("fc.0.weight")).isSameAs(fresh.get("fc.0.weight"));
  }

  @Test
  void aTensorThatDoesNotFitIsNamed() throws IOException {
    Student wide = Students.of(Family.RESNET18, 8, Stem.IMAGENET, 32);
    Student deep = Students.of(Family.RESNET34, 4, Stem.IMAGENET, 32);
    Path narrow = write(student, true);
    Path deeper = write(deep, true);

    assertThatThrownBy(() -> TorchvisionWeights.load(narrow, wide.spec(), wide.state()))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(narrow + ": conv1.weight: shape [4, 3, 7, 7], but resnet18 needs [8, 3, 7, 7]");
    assertThatThrownBy(() -> TorchvisionWeights.load(narrow, deep.spec(), deep.state()))
        .hasMessageContaining("resnet34 needs layer1.2.conv1.weight, which is missing");
    assertThatThrownBy(() -> TorchvisionWeights.load(deeper, student.spec(), student.state()))
        .hasMessageContaining("layer1.2.conv1.weight: no such tensor in resnet18 (and ");
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() throws IOException {
    student.state().get("layer2.0.bn1.bias").data()[3] = Float.NaN;
    Path file = write(student, false);

    assertThatThrownBy(() -> TorchvisionWeights.load(file, student.spec(), student.state()))
        .hasMessage(file + ": layer2.0.bn1.bias: holds a value of NaN");
  }

  @Test
  void aFileThatIsNoneIsNamedInOneLine() throws IOException {
    Path file = Files.write(folder.resolve("short"), new byte[7]);

    assertThatThrownBy(() -> TorchvisionWeights.load(file, student.spec(), student.state()))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(file + ": not a safetensors file: only 7 bytes");
  }

  private Path write(Student student, boolean head) throws IOException {
    Path file = Files.createTempFile(folder, "student", ".safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      TorchvisionWeights.write(student, head, out);
    }
    return file;
  }

  private Path write(StateDict state) throws IOException {
    Path file = Files.createTempFile(folder, "state", ".safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter().add(state.tensors()).writeTo(out);
    }
    return file;
  }
}
