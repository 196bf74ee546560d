package io.bagpipe.verticles.cli.student;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bagpipe.model.eval.FeatureExamination.Features;
import io.bagpipe.model.eval.FeatureTable;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What {@code bagpipe evaluate} leaves in a directory. */
final class EvaluationFiles {
  static final String MARKDOWN = "evaluation.md";
  private static final String JSON = "evaluation.json";
  private static final String SVG = "evaluation.svg";

  private EvaluationFiles() {}

  static void write(Path directory, EvaluationRun.Result result, Map<String, Object> document)
      throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(directory.resolve(JSON), json.writeValueAsString(document) + "\n");
    Files.writeString(directory.resolve(MARKDOWN), EvaluationMarkdown.page(result, SVG));
    Files.writeString(directory.resolve(SVG), EvaluationSvg.of(result));
  }

  /**
   * Features and labels as safetensors: bank and queries [n, d], bank_labels and queries_labels.
   *
   * @param name of the network; in the file's name what is no letter or digit of it becomes a dash
   */
  static void features(Path directory, String name, Features features) throws IOException {
    String plain = name.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
    Path file = directory.resolve("features-" + plain + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, "bank", features.bank());
    add(writer, "queries", features.queries());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      writer.writeTo(out);
    }
  }

  private static void add(SafetensorsWriter writer, String name, FeatureTable table) {
    int count = table.labels().length;
    int dimension = table.dimension();
    float[] values = new float[Math.multiplyExact(count, dimension)];
    long[] labels = new long[count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(table.rows().get(i), 0, values, i * dimension, dimension);
      labels[i] = table.labels()[i];
    }
    writer.add(new Tensor(name, new int[] {count, dimension}, values));
    writer.addLongs(name + "_labels", labels);
  }
}
