package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.Npy;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A case of {@code golden/objectives}: arrays, numbers, and what they are to agree within. */
public record GoldenCase(Path folder, JsonNode meta) {

  /** All cases of an objective whose names begin so. */
  public static List<GoldenCase> all(String objective, String prefix) {
    try (var folders = Files.list(Golden.path("objectives", objective))) {
      return folders
          .filter(Files::isDirectory)
          .filter(folder -> folder.getFileName().toString().startsWith(prefix))
          .sorted()
          .map(GoldenCase::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One case. */
  public static GoldenCase one(String objective, String name) {
    return of(Golden.path("objectives", objective, name));
  }

  private static GoldenCase of(Path folder) {
    return new GoldenCase(folder, Golden.json(folder.resolve("meta.json")));
  }

  public float[] floats(String array) {
    return Npy.floats(folder.resolve(array + ".npy"));
  }

  public double[] doubles(String array) {
    return Npy.doubles(folder.resolve(array + ".npy"));
  }

  public boolean has(String array) {
    return Files.exists(folder.resolve(array + ".npy"));
  }

  /** The last extent of an array. */
  public int width(String array) {
    return Npy.lastExtent(folder.resolve(array + ".npy"));
  }

  public double number(String name) {
    return meta.get(name).asDouble();
  }

  /** A queue with an array's rows, the next to be replaced being the first. */
  public NegativeQueue queue(String array) {
    float[] rows = floats(array);
    int dimension = width(array);
    NegativeQueue queue = new OneDnnNegativeQueue(rows.length / dimension, dimension, 1);
    queue.restore(rows, 0);
    return queue;
  }

  /** That of an array's rows of this step, in a case of several. */
  public float[] step(String array, int step) {
    float[] all = floats(array);
    int values = all.length / meta.get("steps").asInt();
    return Arrays.copyOfRange(all, step * values, (step + 1) * values);
  }

  public void agrees(String what, double actual, double expected) {
    double tolerance = number("tolerance_value") * Math.max(1, Math.abs(expected));
    assertThat(actual).as("%s of %s", what, folder).isCloseTo(expected, within(tolerance));
  }

  /** A number of the case. */
  public void agrees(String name, double actual) {
    agrees(name, actual, number(name));
  }

  public void agrees(String what, float[] actual, double[] expected) {
    assertThat(actual).as("%s of %s", what, folder).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    assertThat(Math.sqrt(difference))
        .as("%s of %s", what, folder)
        .isLessThanOrEqualTo(number("tolerance_gradient") * Math.sqrt(norm));
  }

  /** The loss and its gradient. */
  public void agrees(TermResult said, String loss, String gradient) {
    agrees(loss, said.loss());
    agrees(gradient, said.gradient(), doubles(gradient));
  }

  /** The loss and the gradient {@code grad_s} of a step. */
  public void agrees(TermResult said, int step) {
    agrees("step " + step, said.loss(), meta.get("losses").get(step).asDouble());
    double[] all = doubles("grad_s");
    int values = said.gradient().length;
    agrees(
        "gradient of step " + step,
        said.gradient(),
        Arrays.copyOfRange(all, step * values, (step + 1) * values));
  }

  @Override
  public String toString() {
    return folder.getParent().getFileName() + "/" + folder.getFileName();
  }
}
