package io.bagpipe.model.train;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The reference values' network (convolution 3×3 without bias, batch norm, ReLU, mean over pixels,
 * linear, ReLU, linear) in plain loops. Its input are floats: the first four bytes of the pixels
 * say which of the views that it was made with they stand for.
 */
final class TinyNetwork implements StudentEngine {
  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final int IN = 3;
  private static final double EPSILON = 1e-5;

  private final float[][] views;
  private final int channels;
  private final int hidden;
  private final int out;
  private final Map<String, double[]> values = new HashMap<>();
  private final Map<String, double[]> gradients = new HashMap<>();
  private final Map<String, double[]> velocities = new HashMap<>();
  private final StateDict shapes;
  private float[] input = {};
  private double[] normal = {};
  private double[] deviation = {};
  private double[] pooled = {};
  private double[] middle = {};

  /**
   * @param views each [batch, 3, 8, 8]
   */
  TinyNetwork(StateDict state, float[]... views) {
    this.views = views;
    this.shapes = state;
    this.channels = state.get("bn1.weight").data().length;
    this.hidden = state.get("fc.0.bias").data().length;
    this.out = state.get("fc.2.bias").data().length;
    load(state);
    for (Tensor tensor : state.tensors()) {
      if (isTrained(tensor)) {
        gradients.put(tensor.name(), new double[tensor.data().length]);
        velocities.put(tensor.name(), new double[tensor.data().length]);
      }
    }
  }

  /** Pixels that stand for a view. */
  static byte[] pixels(int view, int batch) {
    byte[] pixels = new byte[batch * PIXELS * IN];
    ByteBuffer.wrap(pixels).putInt(view);
    return pixels;
  }

  private static boolean isTrained(Tensor tensor) {
    return !tensor.name().contains("running");
  }

  private double[] value(String name) {
    return values.get(name);
  }

  @Override
  public float[] forward(byte[] pixels, int batch) {
    input = views[ByteBuffer.wrap(pixels).getInt()];
    double[] mapped = convolve(batch);
    int count = batch * PIXELS;
    normal = new double[mapped.length];
    deviation = new double[channels];
    pooled = new double[batch * channels];
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      double square = 0;
      for (int i = 0; i < count; i++) {
        mean += mapped[c * count + i] / count;
      }
      for (int i = 0; i < count; i++) {
        square += Math.pow(mapped[c * count + i] - mean, 2);
      }
      deviation[c] = Math.sqrt(square / count + EPSILON);
      moveRunning("bn1.running_mean", c, mean);
      moveRunning("bn1.running_var", c, square / (count - 1));
      for (int i = 0; i < count; i++) {
        normal[c * count + i] = (mapped[c * count + i] - mean) / deviation[c];
        pooled[i / PIXELS * channels + c] += Math.max(0, affine(c, c * count + i)) / PIXELS;
      }
    }
    middle = linear(pooled, batch, "fc.0", channels, hidden);
    double[] active = middle.clone();
    for (int i = 0; i < active.length; i++) {
      active[i] = Math.max(0, active[i]);
    }
    double[] outputs = linear(active, batch, "fc.2", hidden, out);
    float[] result = new float[outputs.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) outputs[i];
    }
    return result;
  }

  private void moveRunning(String name, int channel, double value) {
    value(name)[channel] = 0.9 * value(name)[channel] + 0.1 * value;
  }

  private double affine(int channel, int at) {
    return value("bn1.weight")[channel] * normal[at] + value("bn1.bias")[channel];
  }

  /** [channels, batch, pixels]. */
  private double[] convolve(int batch) {
    double[] mapped = new double[channels * batch * PIXELS];
    eachProduct(
        batch, (weight, from, to) -> mapped[to] += value("conv1.weight")[weight] * input[from]);
    return mapped;
  }

  /** A weight, an input value and the output value that they go into. */
  private interface Product {
    void at(int weight, int from, int to);
  }

  private void eachProduct(int batch, Product product) {
    for (int c = 0; c < channels; c++) {
      for (int n = 0; n < batch; n++) {
        for (int y = 0; y < SIDE; y++) {
          for (int x = 0; x < SIDE; x++) {
            int to = (c * batch + n) * PIXELS + y * SIDE + x;
            for (int k = 0; k < IN * 9; k++) {
              int row = y + k % 9 / 3 - 1;
              int column = x + k % 3 - 1;
              if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) {
                int from = (n * IN + k / 9) * PIXELS + row * SIDE + column;
                product.at(c * IN * 9 + k, from, to);
              }
            }
          }
        }
      }
    }
  }

  private double[] linear(double[] from, int batch, String name, int in, int width) {
    double[] result = new double[batch * width];
    for (int i = 0; i < result.length; i++) {
      result[i] = value(name + ".bias")[i % width];
      for (int j = 0; j < in; j++) {
        result[i] += value(name + ".weight")[i % width * in + j] * from[i / width * in + j];
      }
    }
    return result;
  }

  @Override
  public void backward(float[] outputGradient) {
    int batch = outputGradient.length / out;
    double[] slope = new double[outputGradient.length];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = outputGradient[i];
    }
    double[] active = new double[middle.length];
    for (int i = 0; i < active.length; i++) {
      active[i] = Math.max(0, middle[i]);
    }
    double[] toMiddle = back(slope, active, "fc.2", hidden, out);
    for (int i = 0; i < toMiddle.length; i++) {
      toMiddle[i] = middle[i] > 0 ? toMiddle[i] : 0;
    }
    double[] toPooled = back(toMiddle, pooled, "fc.0", channels, hidden);
    int count = batch * PIXELS;
    double[] toMapped = new double[normal.length];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double along = 0;
      for (int i = 0; i < count; i++) {
        int at = c * count + i;
        double g = affine(c, at) > 0 ? toPooled[i / PIXELS * channels + c] / PIXELS : 0;
        toMapped[at] = g;
        sum += g;
        along += g * normal[at];
      }
      gradients.get("bn1.bias")[c] += sum;
      gradients.get("bn1.weight")[c] += along;
      for (int i = 0; i < count; i++) {
        int at = c * count + i;
        toMapped[at] =
            value("bn1.weight")[c]
                / deviation[c]
                * (toMapped[at] - sum / count - normal[at] * along / count);
      }
    }
    double[] weights = gradients.get("conv1.weight");
    eachProduct(batch, (weight, from, to) -> weights[weight] += toMapped[to] * input[from]);
  }

  private double[] back(double[] slope, double[] from, String name, int in, int width) {
    double[] result = new double[slope.length / width * in];
    for (int i = 0; i < slope.length; i++) {
      gradients.get(name + ".bias")[i % width] += slope[i];
      for (int j = 0; j < in; j++) {
        int at = i / width * in + j;
        gradients.get(name + ".weight")[i % width * in + j] += slope[i] * from[at];
        result[at] += slope[i] * value(name + ".weight")[i % width * in + j];
      }
    }
    return result;
  }

  @Override
  public void update(float rate, float momentum, float weightDecay) {
    gradients.forEach(
        (name, gradient) -> {
          double[] velocity = velocities.get(name);
          double[] value = value(name);
          for (int i = 0; i < value.length; i++) {
            velocity[i] = momentum * velocity[i] + gradient[i] + weightDecay * value[i];
            value[i] -= rate * velocity[i];
            gradient[i] = 0;
          }
        });
  }

  @Override
  public StateDict state() {
    return dict(values);
  }

  private StateDict dict(Map<String, double[]> of) {
    StateDict state = new StateDict();
    for (Tensor tensor : shapes.tensors()) {
      double[] found = of.get(tensor.name());
      if (found != null) {
        float[] copy = new float[found.length];
        for (int i = 0; i < copy.length; i++) {
          copy[i] = (float) found[i];
        }
        state.put(new Tensor(tensor.name(), tensor.shape(), copy));
      }
    }
    return state;
  }

  @Override
  public void load(StateDict state) {
    read(state, values);
  }

  private static void read(StateDict state, Map<String, double[]> into) {
    for (Tensor tensor : state.tensors()) {
      double[] copy = new double[tensor.data().length];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = tensor.data()[i];
      }
      into.put(tensor.name(), copy);
    }
  }

  @Override
  public StateDict velocities() {
    return dict(velocities);
  }

  @Override
  public void loadVelocities(StateDict state) {
    read(state, velocities);
  }

  @Override
  public int inputSize() {
    return SIDE;
  }

  @Override
  public int featureDimension() {
    return channels;
  }

  @Override
  public int embeddingDimension() {
    return out;
  }

  @Override
  public long parameterCount() {
    return gradients.values().stream().mapToLong(values -> values.length).sum();
  }

  @Override
  public float[] embed(byte[] pixels, int batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] features(byte[] pixels, int batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FlatVector gradient() {
    throw new UnsupportedOperationException();
  }

  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return new OneDnnNegativeQueue(capacity, dimension, seed);
  }

  @Override
  public StepProfile profile() {
    return new StepProfile();
  }

  @Override
  public void close() {
    // plain arrays
  }
}
