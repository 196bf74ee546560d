package io.bagpipe.model.train;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Random;

/**
 * A student small enough to check by hand: batch norm of each pixel value over the batch (no
 * affine), a linear layer, tanh (the feature), a linear layer. Plain loops, double accumulation.
 */
final class SmallStudent implements StudentEngine {
  private static final int SIDE = 4;
  private static final int IN = SIDE * SIDE * 3;
  private static final PixelNormalizer PIXELS =
      new PixelNormalizer(new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.25f, 0.3f});
  private final int hidden;
  private final int out;
  private final float[] running = new float[IN];
  private final float[][] parameters;
  private final float[][] velocities;
  private final float[][] gradients;
  private final float[][] used = {{}, {}};
  private double[] normalised = {};
  private double[] activated = {};

  SmallStudent(int hidden, int out, long seed) {
    this.hidden = hidden;
    this.out = out;
    this.parameters = new float[][] {new float[hidden * IN], new float[out * hidden]};
    this.velocities = new float[][] {new float[hidden * IN], new float[out * hidden]};
    this.gradients = new float[][] {new float[hidden * IN], new float[out * hidden]};
    Random random = new Random(seed);
    for (float[] parameter : parameters) {
      for (int i = 0; i < parameter.length; i++) {
        parameter[i] = (float) (random.nextGaussian() * (parameter == parameters[0] ? 0.1 : 0.3));
      }
    }
  }

  float[] parameter(int index) {
    return parameters[index];
  }

  /** The gradients of the last update. */
  float[] gradient(int index) {
    return used[index];
  }

  @Override
  public int inputSize() {
    return SIDE;
  }

  @Override
  public int featureDimension() {
    return hidden;
  }

  @Override
  public int embeddingDimension() {
    return out;
  }

  @Override
  public long parameterCount() {
    return (long) parameters[0].length + parameters[1].length;
  }

  @Override
  public float[] forward(byte[] pixels, int batch) {
    float[] input = new float[batch * IN];
    PIXELS.apply(pixels, 0, input.length, input);
    normalised = new double[batch * IN];
    for (int i = 0; i < IN; i++) {
      double mean = 0;
      double squares = 0;
      for (int n = 0; n < batch; n++) {
        mean += input[n * IN + i] / (double) batch;
        squares += (double) input[n * IN + i] * input[n * IN + i] / batch;
      }
      running[i] = (float) (0.9 * running[i] + 0.1 * mean);
      double std = Math.sqrt(squares - mean * mean + 1e-5);
      for (int n = 0; n < batch; n++) {
        normalised[n * IN + i] = (input[n * IN + i] - mean) / std;
      }
    }
    activated = new double[batch * hidden];
    float[] output = new float[batch * out];
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < hidden; h++) {
        double sum = 0;
        for (int i = 0; i < IN; i++) {
          sum += parameters[0][h * IN + i] * normalised[n * IN + i];
        }
        activated[n * hidden + h] = Math.tanh(sum);
      }
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int h = 0; h < hidden; h++) {
          sum += parameters[1][o * hidden + h] * activated[n * hidden + h];
        }
        output[n * out + o] = (float) sum;
      }
    }
    return output;
  }

  @Override
  public void backward(float[] outputGradient) {
    int batch = outputGradient.length / out;
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < hidden; h++) {
        double activation = activated[n * hidden + h];
        double sum = 0;
        for (int o = 0; o < out; o++) {
          double g = outputGradient[n * out + o];
          gradients[1][o * hidden + h] += (float) (g * activation);
          sum += g * parameters[1][o * hidden + h];
        }
        sum *= 1 - activation * activation;
        for (int i = 0; i < IN; i++) {
          gradients[0][h * IN + i] += (float) (sum * normalised[n * IN + i]);
        }
      }
    }
  }

  @Override
  public void update(float rate, float momentum, float weightDecay) {
    for (int p = 0; p < 2; p++) {
      used[p] = gradients[p].clone();
      for (int i = 0; i < parameters[p].length; i++) {
        velocities[p][i] =
            momentum * velocities[p][i] + gradients[p][i] + weightDecay * parameters[p][i];
        parameters[p][i] -= rate * velocities[p][i];
        gradients[p][i] = 0;
      }
    }
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
  public StateDict state() {
    StateDict state = dict(parameters);
    state.put(new Tensor("bn.running_mean", new int[] {IN}, running.clone()));
    return state;
  }

  @Override
  public void load(StateDict state) {
    copy(state, parameters);
    System.arraycopy(state.get("bn.running_mean").data(), 0, running, 0, IN);
  }

  @Override
  public StateDict velocities() {
    return dict(velocities);
  }

  @Override
  public void loadVelocities(StateDict state) {
    copy(state, velocities);
  }

  private StateDict dict(float[][] of) {
    StateDict state = new StateDict();
    state.put(new Tensor("fc1.weight", new int[] {hidden, IN}, of[0].clone()));
    state.put(new Tensor("fc2.weight", new int[] {out, hidden}, of[1].clone()));
    return state;
  }

  private static void copy(StateDict state, float[][] to) {
    System.arraycopy(state.get("fc1.weight").data(), 0, to[0], 0, to[0].length);
    System.arraycopy(state.get("fc2.weight").data(), 0, to[1], 0, to[1].length);
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
  public void close() {}
}
