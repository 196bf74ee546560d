package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeacherImportTest {
  private static final int WIDTH = 4;
  private static final Head HEAD = new Head(6, 5);

  @TempDir Path folder;

  private final NetworkSpec spec =
      new Architecture(Family.RESNET18, WIDTH, Stem.IMAGENET, HEAD).spec();

  private static TeacherImport.Request request(boolean head, String prefix) {
    return new TeacherImport.Request(
        Family.RESNET18,
        WIDTH,
        Stem.IMAGENET,
        head,
        prefix,
        new Preprocessing(32, 0, 37, new float[3], new float[] {1, 1, 1}));
  }

  /** A file of the network's fresh weights under a prefix, after a change. */
  private Path write(String prefix, Consumer<Map<String, Tensor>> change) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    spec.initialState(7).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    change.accept(tensors);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.values().forEach(t -> writer.add(new Tensor(prefix + t.name(), t.shape(), t.data())));
    writer.addScalar(prefix + "bn1.num_batches_tracked", 3);
    Path file = Files.createTempFile(folder, "weights", ".safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }
    return file;
  }

  private static void put(Map<String, Tensor> tensors, String name, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    tensors.put(name, new Tensor(name, shape, new float[size]));
  }

  @Test
  void takesTheBackboneAndLeavesTheClassifierOut() throws IOException {
    Path file =
        write(
            "",
            tensors -> {
              tensors.keySet().removeIf(name -> name.startsWith("fc."));
              put(tensors, "fc.weight", 10, 32);
              put(tensors, "fc.bias", 10);
            });

    var imported = TeacherImport.read(file, "12", request(false, ""));

    assertThat(imported.leftOut()).as("fc.weight, fc.bias and a counter").isEqualTo(3);
    for (Parameter parameter : spec.parameters()) {
      if (!parameter.name().startsWith("fc.")) {
        assertThat(imported.network().state().get(parameter.name()).data())
            .isEqualTo(spec.initialState(7).get(parameter.name()).data());
      }
    }
    assertThat(imported.network().properties())
        .containsEntry("teacher.source", file.getFileName().toString())
        .containsEntry("teacher.source_sha256", "12");
  }

  @Test
  void takesAProjectionHeadOfAnySizeFromUnderAPrefixIfAsked() throws IOException {
    Path file = write("module.encoder_q.", tensors -> {});

    var imported = TeacherImport.read(file, "12", request(true, "module.encoder_q."));

    assertThat(imported.network().spec().embeddingDimension()).isEqualTo(5);
    assertThat(imported.network().state().get("fc.2.weight").data())
        .isEqualTo(spec.initialState(7).get("fc.2.weight").data());
  }

  @Test
  void whatDoesNotFitIsOneLineThatNamesIt() throws IOException {
    Path file =
        write(
            "",
            tensors -> {
              tensors.remove("layer1.0.bn1.bias");
              put(tensors, "layer5.weight", 2);
              put(tensors, "conv1.weight", 4, 3, 3, 3);
            });
    Path prefixed = write("encoder.", tensors -> {});
    Path deep = write("", tensors -> tensors.keySet().removeIf(n -> n.startsWith("layer4")));

    assertThatThrownBy(() -> TeacherImport.read(file, "", request(false, "")))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            file
                + ": not resnet18: missing layer1.0.bn1.bias; unexpected layer5.weight;"
                + " of another shape conv1.weight [4, 3, 3, 3] for [4, 3, 7, 7]");
    assertThatThrownBy(() -> TeacherImport.read(prefixed, "", request(false, "")))
        .hasMessageContaining("missing conv1.weight, bn1.weight, bn1.bias and 97 more")
        .hasMessageEndingWith("(names begin with encoder.: give --prefix)");
    assertThatThrownBy(() -> TeacherImport.read(deep, "", request(false, "")))
        .hasMessageContaining("not resnet18: missing layer4.0.conv1.weight")
        .hasMessageNotContaining("--prefix");
  }

  @Test
  void refusesNaNsAndCheckpointsThatOnlyPythonReads() throws IOException {
    Path file = write("", tensors -> tensors.get("bn1.weight").data()[1] = Float.NaN);
    Path zip =
        Files.write(folder.resolve("w.pth"), "PK\3\4 and more".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> TeacherImport.read(file, "", request(false, "")))
        .hasMessage(file + ": bn1.weight: holds a value of NaN");
    assertThatThrownBy(() -> TeacherImport.read(zip, "", request(false, "")))
        .hasMessageContaining("export.py --to-safetensors " + zip);
    assertThatThrownBy(
            () ->
                TeacherImport.read(write("", t -> t.remove("fc.2.weight")), "", request(true, "")))
        .hasMessageContaining("no projection head");
  }

  /** The names and shapes of timm 1.0's own state dicts. */
  @ParameterizedTest
  @CsvSource({"MOBILENET_V3_LARGE, mobilenetv3_large_100", "EFFICIENTNET_B0, efficientnet_b0"})
  void timmsNamesAreTimms(Family family, String timm) throws IOException {
    Map<String, String> theirs = new HashMap<>();
    try (InputStream in = getClass().getResourceAsStream("timm-1.0-names.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .filter(line -> line[0].equals(timm) && !line[1].startsWith("classifier."))
          .filter(line -> family != Family.MOBILENET_V3_LARGE || !line[1].startsWith("conv_head."))
          .forEach(line -> theirs.put(line[1], line[2]));
    }
    NetworkSpec network = Architecture.of(family, Stem.IMAGENET).spec();
    Map<String, String> names = TimmNames.of(network, family);

    Map<String, String> ours = new HashMap<>();
    Backbone.nodes(network)
        .forEach(
            node ->
                node.parameters()
                    .forEach(
                        p ->
                            ours.put(
                                names.getOrDefault(p.name(), "?"),
                                p.shape().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining("x")))));

    assertThat(theirs).hasSizeGreaterThan(200);
    assertThat(ours).isEqualTo(theirs);
    assertThat(TimmNames.arithmetic(network).nodes())
        .filteredOn(node -> node.operation() instanceof Operation.BatchNorm)
        .allSatisfy(
            node ->
                assertThat(((Operation.BatchNorm) node.operation()).epsilon()).isEqualTo(1e-5f));
  }
}
