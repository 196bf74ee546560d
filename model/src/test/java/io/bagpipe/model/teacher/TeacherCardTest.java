package io.bagpipe.model.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.teacher.TeacherCard.NormalisedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeacherCardTest {
  private static final TeacherOptions OPTIONS = TeacherOptions.defaults(1);

  @TempDir Path folder;

  private TeacherSource file(Map<String, String> metadata) throws IOException {
    TinyOnnx tiny = new TinyOnnx();
    tiny.metadata = metadata;
    return TeacherSource.of(
        Files.write(Files.createTempFile(folder, "tiny", ".onnx"), tiny.bytes()));
  }

  private static Map<String, String> normalised(String by) {
    return Map.of(
        "image.mean", "[0.485, 0.456, 0.406]",
        "image.std", "[0.229, 0.224, 0.225]",
        "image.normalised_by", by);
  }

  @Test
  void whatIsReadPastTheNetworkIsWhatTheRuntimeReads() throws IOException {
    TeacherSource source =
        file(
            Map.of(
                "image.size", "4",
                "image.pad", "1",
                "image.resize", "shorter edge to 5, bilinear, then centre crop of 4",
                "teacher.projection", "pca"));
    TeacherCard card = source.card();

    assertThat(card.size()).isEqualTo(4);
    assertThat(card.edge()).isEqualTo(5);
    assertThat(card.pad()).isEqualTo(1);
    assertThat(card.projection()).isEqualTo("pca");
    assertThat(card.normalisedBy()).isNull();
    try (OnnxTeacher teacher = OnnxTeacher.open(source, OPTIONS)) {
      assertThat(teacher.card()).isEqualTo(card);
    }
    assertThat(file(Map.of()).card()).isEqualTo(TeacherCard.SILENT);
    assertThat(TeacherSource.parse("builtin:fashion-mnist").card()).isEqualTo(TeacherCard.SILENT);
  }

  @Test
  void aFileIsNotRunOtherwiseThanItSays() throws IOException {
    TeacherSource inside = file(normalised("model"));
    TeacherSource outside = file(normalised("caller"));
    TeacherOptions imagenet = outside.card().options(OPTIONS);

    OnnxTeacher.open(inside, OPTIONS).close();
    OnnxTeacher.open(outside, imagenet).close();
    assertThat(outside.card().normalisedBy()).isEqualTo(NormalisedBy.CALLER);
    assertThatThrownBy(() -> OnnxTeacher.open(inside, imagenet))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("normalises pixels by itself with mean [0.485, 0.456, 0.406]")
        .hasMessageContaining("leave these two keys out");
    assertThatThrownBy(() -> OnnxTeacher.open(outside, OPTIONS))
        .hasMessageContaining("wants pixels normalised with mean [0.485, 0.456, 0.406]");
    TeacherOptions larger =
        new TeacherOptions("", "features", "embedding", 8, 1, 1, OPTIONS.mean(), OPTIONS.std());
    assertThatThrownBy(() -> OnnxTeacher.open(file(Map.of("image.size", "4")), larger))
        .hasMessageContaining("made for images of 4 pixels")
        .hasMessageContaining("set views.size=4");
  }

  @Test
  void everyEngineHeedsWhatAFileSays() throws IOException {
    TeacherSource inside = file(normalised("model"));
    TeacherOptions imagenet = file(normalised("caller")).card().options(OPTIONS);
    TeacherSource amiss = file(Map.of("image.size", "large"));

    for (String name : List.of("onnxruntime", "torch")) {
      TeacherEngineOptions engine =
          new TeacherEngineOptions(name, Device.CPU, EngineOptions.FLOAT32, 1);
      TeacherEngines.open(inside, OPTIONS, engine).close();
      assertThatThrownBy(() -> TeacherEngines.open(inside, imagenet, engine))
          .as(name)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("normalises pixels by itself");
      assertThatThrownBy(() -> TeacherEngines.open(amiss, OPTIONS, engine))
          .as(name)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("its metadata has image.size \"large\"; valid:");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image.size|large",
        "image.size|-1",
        "image.size|99999999999",
        "image.mean|0.5",
        "image.std|[1, 0, 1]",
        "image.std|[1, NaN, 1]",
        "image.normalised_by|both",
        "image.normalised_by|model",
      })
  void whatItSaysAmissStopsTheStartAndNothingElse(String key, String value) throws IOException {
    TeacherSource source = file(Map.of(key, value));

    assertThat(source.card()).isEqualTo(TeacherCard.SILENT);
    assertThatThrownBy(() -> OnnxTeacher.open(source, OPTIONS))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("its metadata has " + key + " \"" + value + "\"; valid:");
  }

  @Test
  void whatIsNoOnnxFileIsReadAsSuch() throws IOException {
    byte[] whole = new TinyOnnx().bytes();
    for (int length = 0; length < whole.length; length += 3) {
      Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(whole, length));
      assertThat(TeacherSource.of(cut).card()).isEqualTo(TeacherCard.SILENT);
    }
    Path text = Files.writeString(folder.resolve("text"), "not a network, and rather long a text");
    assertThatThrownBy(() -> TeacherCard.read(text)).isInstanceOf(IOException.class);
  }
}
