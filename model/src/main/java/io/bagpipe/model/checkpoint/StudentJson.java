package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import java.util.Locale;

/** {@link StudentDescription} as fields of the info, from version 2 on. */
final class StudentJson {
  private StudentJson() {}

  static void write(StudentDescription student, ObjectNode info) {
    Architecture architecture = student.architecture();
    info.putObject("architecture")
        .put("family", architecture.family().torchvisionName())
        .put("width", architecture.width())
        .put("stem", architecture.stem().name().toLowerCase(Locale.ROOT))
        .putObject("head")
        .put("hidden", architecture.head().hidden())
        .put("embedding", architecture.head().embedding());
    info.put("input_size", student.inputSize());
    Preprocessing preprocessing = student.preprocessing();
    if (preprocessing == null) {
      info.putNull("preprocessing");
    } else {
      ObjectNode node =
          info.putObject("preprocessing")
              .put("pad", preprocessing.pad())
              .put("resize", preprocessing.resize());
      write(preprocessing.mean(), node.putArray("mean"));
      write(preprocessing.deviation(), node.putArray("std"));
    }
    info.put("teacher_sha256", student.teacherSha256());
  }

  private static void write(float[] values, ArrayNode array) {
    for (float value : values) {
      array.add(value);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException naming a field that is missing or not valid
   */
  static StudentDescription read(JsonNode info) {
    JsonNode architecture = Fields.get(info, "architecture");
    JsonNode head = Fields.get(architecture, "head");
    JsonNode preprocessing = Fields.get(info, "preprocessing");
    int size = Fields.small(info, "input_size");
    return new StudentDescription(
        new Architecture(
            Architecture.Family.of(Fields.text(architecture, "family")),
            Fields.small(architecture, "width"),
            stem(Fields.text(architecture, "stem")),
            new Head(Fields.small(head, "hidden"), Fields.small(head, "embedding"))),
        size,
        preprocessing.isNull()
            ? null
            : new Preprocessing(
                size,
                Fields.small(preprocessing, "pad"),
                Fields.small(preprocessing, "resize"),
                Fields.floats(preprocessing, "mean"),
                Fields.floats(preprocessing, "std")),
        Fields.text(info, "teacher_sha256"));
  }

  static Stem stem(String name) {
    for (Stem stem : Stem.values()) {
      if (stem.name().toLowerCase(Locale.ROOT).equals(name)) {
        return stem;
      }
    }
    throw new IllegalArgumentException("no stem " + name);
  }
}
