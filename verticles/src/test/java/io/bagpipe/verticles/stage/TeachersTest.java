package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backbone's file without an embedding, through the configuration. */
class TeachersTest {
  private static final int SIZE = 16;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void aBackbone() throws IOException {
    file = folder.resolve("backbone.onnx");
    Architecture architecture = new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, 4));
    try (OutputStream out = Files.newOutputStream(file)) {
      OnnxModel.write(
          new OnnxModel.Weights(
              architecture.spec(),
              architecture.spec().initialState(1),
              new Preprocessing(
                  SIZE, 0, 20, new float[] {0.5f, 0.25f, 0.125f}, new float[] {0.5f, 1, 2}),
              Map.of()),
          false,
          out);
    }
  }

  private ConfigSources sources(String... sets) {
    List<String> all =
        Stream.concat(Stream.of("teacher.path=" + file), Arrays.stream(sets)).toList();
    return new ConfigSources(Map.of(), null, Map.of(), all);
  }

  private TeacherEncoder open(String... sets) {
    BagpipeConfig config = sources(sets).load();
    return Teachers.open(TeacherSource.of(file), config, new Settings(config));
  }

  @Test
  void whatTheFileSaysIsTheDefaultOfTheKeysThatMustFitIt() {
    ConfigSources sources = sources();

    assertThat(sources.toMap())
        .containsEntry("views.size", 16)
        .containsEntry("views.index-resize", 20)
        .containsEntry("views.pad", 0);
    assertThat(sources.load().views().mean().toArray()).containsExactly(0.5f, 0.25f, 0.125f);
    assertThat(sources.load().teacher().mean().toArray()).containsExactly(0, 0, 0);
    assertThat(sources.gives("views.size")).isFalse();
    assertThat(sources("views.index-resize=16").toMap()).containsEntry("views.index-resize", 16);
    assertThat(new ConfigSources(Map.of(), null, Map.of(), List.of("teacher.path=none")).toMap())
        .containsEntry("views.size", 32);
  }

  @Test
  void anotherConfigurationThanTheFilesIsOneLine() {
    assertThatThrownBy(() -> open("views.size=32"))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("made for images of 16 pixels")
        .hasMessageContaining("set views.size=16");
    assertThatThrownBy(() -> open("teacher.std=0.5"))
        .hasMessageContaining("normalises pixels by itself");
    assertThatThrownBy(() -> open("teacher.projection=pca"))
        .hasMessageContaining("no principal components; put them in: bagpipe teacher pca " + file);
    assertThatThrownBy(() -> open("teacher.projection=orthogonal", "train.embedding=33"))
        .hasMessageContaining("set train.embedding to at most 32");
  }

  @Test
  void twoProcessesHaveTheSameProjectionAndAnotherSeedHasAnother() {
    byte[] views = new byte[2 * 3 * SIZE * SIZE];
    new Random(3).nextBytes(views);
    String on = "teacher.projection=orthogonal";
    try (TeacherEncoder one = open(on, "train.embedding=6");
        TeacherEncoder other = open(on, "train.embedding=6");
        TeacherEncoder seeded = open(on, "train.embedding=6", "seed=2");
        TeacherEncoder plain = open()) {
      assertThat(one.embeddingDimension()).isEqualTo(6);
      assertThat(plain.embeddingDimension()).isEqualTo(32);
      float[] first = one.embeddings(views, 2).rows();
      assertThat(other.embeddings(views, 2).rows()).isEqualTo(first);
      assertThat(first).hasSize(12).isNotEqualTo(seeded.embeddings(views, 2).rows());
      assertThat(one.features(views, 2).rows()).isEqualTo(plain.features(views, 2).rows());
      assertThat(plain.embeddings(views, 2).rows()).isEqualTo(plain.features(views, 2).rows());
    }
  }

  @Test
  void theEngineIsTheConfiguredOneUnderEveryProjection() {
    for (String projection : List.of("none", "orthogonal", "pca")) {
      String by = "teacher.projection=" + projection;
      assertThatThrownBy(() -> open(by, "teacher.engine=nobody"))
          .isInstanceOf(TeacherException.class)
          .hasMessage("teacher.engine nobody; valid: auto, onnxruntime, torch");
      assertThatThrownBy(() -> open(by, "teacher.engine=onnxruntime", "teacher.precision=bf16"))
          .hasMessageContaining("precision bf16; valid: float32");
      assertThatThrownBy(() -> open(by, "teacher.engine=onnxruntime", "teacher.device=cuda"))
          .hasMessageContaining("it runs on CPUs alone; take device auto or cpu");
    }
    try (TeacherEncoder teacher = open("teacher.projection=orthogonal", "train.embedding=6")) {
      assertThat(teacher).hasToString("onnxruntime, cpu, float32");
    }
  }

  @Test
  void aProcessWithoutTheTeachersRoleNeedsNoDeviceOfItsKind() {
    String gpu = "teacher.device=cuda";
    BagpipeConfig student = sources(gpu, "roles=[student, ops]").load();
    try (TeacherEncoder teacher =
        Teachers.openHere(TeacherSource.of(file), student, new Settings(student))) {
      assertThat(teacher.featureDimension()).isEqualTo(32);
    }
    BagpipeConfig teacher = sources("teacher.engine=nobody", "roles=[teacher, ops]").load();
    assertThatThrownBy(
            () -> Teachers.openHere(TeacherSource.of(file), teacher, new Settings(teacher)))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("teacher.engine nobody; valid:");
  }
}
