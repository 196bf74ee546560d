package io.bagpipe.verticles.ops.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.Random;

/**
 * A map of embeddings: the first two principal components, by power iteration. The axes of the last
 * map are where the next one starts, so that the picture moves and does not flip.
 *
 * <p>Blocking (a few milliseconds); safe for use by several worker threads, one at a time.
 */
final class EmbeddingMap {
  private static final int ITERATIONS = 40;

  private double[][] axes = new double[0][];

  /** {@code {items: [{key, label?, vector}]}} to {@code {items: [{key, label?, x, y}]}}. */
  synchronized JsonObject project(JsonObject sample) {
    JsonArray items = Replies.array(sample, "items");
    int rows = items.size();
    double[][] data = new double[rows][];
    for (int i = 0; i < rows; i++) {
      data[i] = vector(items.getJsonObject(i));
    }
    JsonArray placed = new JsonArray();
    if (rows > 0) {
      center(data);
      findAxes(data);
    }
    for (int i = 0; i < rows; i++) {
      JsonObject item = items.getJsonObject(i);
      placed.add(
          new JsonObject()
              .put("key", item.getString("key"))
              .put("label", item.getString("label"))
              .put("x", dot(data[i], axes[0]))
              .put("y", dot(data[i], axes[1])));
    }
    return new JsonObject().put("items", placed);
  }

  private static double[] vector(JsonObject item) {
    byte[] bytes = Base64.getDecoder().decode(item.getString("vector", ""));
    FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    double[] vector = new double[floats.remaining()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = floats.get(i);
    }
    return vector;
  }

  private static void center(double[][] data) {
    for (int column = 0; column < data[0].length; column++) {
      double mean = 0;
      for (double[] row : data) {
        mean += row[column] / data.length;
      }
      for (double[] row : data) {
        row[column] -= mean;
      }
    }
  }

  private void findAxes(double[][] data) {
    int width = data[0].length;
    if (axes.length == 0 || axes[0].length != width) {
      Random random = new Random(1);
      axes = new double[][] {start(random, width), start(random, width)};
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double[] first = normalized(covarianceTimes(data, axes[0]), axes[0]);
      double[] second = covarianceTimes(data, axes[1]);
      double along = dot(second, first);
      for (int i = 0; i < width; i++) {
        second[i] -= along * first[i];
      }
      axes = new double[][] {first, normalized(second, axes[1])};
    }
  }

  private static double[] start(Random random, int width) {
    double[] axis = new double[width];
    for (int i = 0; i < width; i++) {
      axis[i] = random.nextGaussian();
    }
    return normalized(axis, axis);
  }

  private static double[] covarianceTimes(double[][] data, double[] axis) {
    double[] product = new double[axis.length];
    for (double[] row : data) {
      double along = dot(row, axis);
      for (int i = 0; i < product.length; i++) {
        product[i] += along * row[i];
      }
    }
    return product;
  }

  /** Where all is zero (one point, or all alike), the axis stays what it was. */
  private static double[] normalized(double[] vector, double[] otherwise) {
    double length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-12)) {
      return otherwise;
    }
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / length;
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
