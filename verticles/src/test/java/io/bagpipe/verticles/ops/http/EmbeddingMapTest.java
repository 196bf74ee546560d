package io.bagpipe.verticles.ops.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbeddingMapTest {
  private static final long SEED = 11;

  private static JsonObject item(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    String vector = Base64.getEncoder().encodeToString(bytes.array());
    return new JsonObject().put("key", "k").put("vector", vector);
  }

  @Test
  void theFirstAxisIsTheLongestAndTheSecondTheNext() {
    Random random = new Random(SEED);
    JsonArray items = new JsonArray();
    double[][] truth = new double[200][];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = new double[] {10 * random.nextGaussian(), 3 * random.nextGaussian()};
      items.add(item(5 + 0.1 * random.nextGaussian(), truth[i][1], truth[i][0], 1));
    }

    JsonArray placed =
        new EmbeddingMap().project(new JsonObject().put("items", items)).getJsonArray("items");

    assertThat(Math.abs(correlation(placed, "x", truth, 0)))
        .as("seed %d", SEED)
        .isGreaterThan(0.99);
    assertThat(Math.abs(correlation(placed, "y", truth, 1)))
        .as("seed %d", SEED)
        .isGreaterThan(0.99);
  }

  private static double correlation(JsonArray placed, String axis, double[][] truth, int column) {
    double xy = 0;
    double xx = 0;
    double yy = 0;
    double mean = 0;
    for (double[] row : truth) {
      mean += row[column] / truth.length;
    }
    for (int i = 0; i < truth.length; i++) {
      double x = placed.getJsonObject(i).getDouble(axis);
      double y = truth[i][column] - mean;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    return xy / Math.sqrt(xx * yy);
  }

  @Test
  void onePointOrNoneIsNoTrouble() {
    EmbeddingMap map = new EmbeddingMap();

    assertThat(map.project(new JsonObject()).getJsonArray("items")).isEmpty();
    JsonObject one =
        map.project(new JsonObject().put("items", new JsonArray().add(item(1, 2, 3))))
            .getJsonArray("items")
            .getJsonObject(0);
    assertThat(one.getDouble("x")).isCloseTo(0, within(1e-9));
  }
}
