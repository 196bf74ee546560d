package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A student as a Deeplearning4j graph of our own vertices over ND4J's arrays. Every array is made
 * at the start, for one batch size; a step allocates none. Confined to the training thread, which
 * also makes and closes it. The same seed, inputs and thread count give the same bits.
 */
public final class GraphStudentEngine implements StudentEngine {
  private enum Phase {
    IDLE,
    FORWARD_DONE
  }

  private final NetworkSpec spec;
  private final int inputSize;
  private final int batch;
  private final PixelNormalizer normalizer;
  private final Kernels kernels;
  private final StepProfile profile;
  private final StudentGraph graph;
  private final INDArray gradients;
  private final INDArray velocities;
  private final INDArray gradientSum;
  private final Kernels.Sgd sgd;
  private final int featureDimension;
  private final int embeddingDimension;
  private final float[] input;
  private @Nullable FlatVector gradient;
  private Phase phase = Phase.IDLE;
  private boolean summing;

  /** Takes ownership of the kernels. */
  public GraphStudentEngine(EngineRequest request, Kernels kernels, StepProfile profile) {
    this.spec = request.network();
    this.inputSize = request.inputSize();
    this.batch = request.batch();
    this.normalizer = request.pixels();
    this.kernels = kernels;
    this.profile = profile;
    this.featureDimension = spec.featureDimension();
    this.embeddingDimension = spec.embeddingDimension();
    this.graph = new StudentGraph(spec, inputSize, batch, kernels);
    this.gradients = graph.gradients();
    this.velocities = graph.parameters().ulike();
    this.gradientSum = graph.parameters().ulike();
    velocities.assign(0);
    gradientSum.assign(0);
    this.sgd = kernels.sgd(graph.parameters(), gradientSum, velocities);
    this.input = new float[batch * imageBytes()];
  }

  @Override
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int featureDimension() {
    return featureDimension;
  }

  @Override
  public int embeddingDimension() {
    return embeddingDimension;
  }

  @Override
  public long parameterCount() {
    return spec.parameterCount();
  }

  @Override
  public float[] forward(byte[] pixels, int count) {
    if (count != batch) {
      throw new IllegalArgumentException(
          "a training batch of " + count + " images; this engine was made for " + batch);
    }
    write(pixels, 0, count);
    profile.time("graph forward", 0, () -> graph.forward(true));
    phase = Phase.FORWARD_DONE;
    float[] output = new float[batch * embeddingDimension];
    kernels.read(graph.output(), output, 0, output.length);
    return output;
  }

  @Override
  public void backward(float[] outputGradient) {
    if (phase != Phase.FORWARD_DONE) {
      throw new IllegalStateException("backward must follow a training forward pass, directly");
    }
    if (outputGradient.length != batch * embeddingDimension) {
      throw new IllegalArgumentException(
          "an output gradient of "
              + outputGradient.length
              + " values; takes "
              + batch
              + " x "
              + embeddingDimension);
    }
    phase = Phase.IDLE;
    kernels.write(outputGradient, 0, outputGradient.length, graph.outputGradient());
    profile.time("graph backward", 0, graph::backward);
    profile.time("sum of passes", 0, this::sumGradients);
  }

  private void sumGradients() {
    if (summing) {
      gradientSum.addi(gradients);
    } else {
      gradientSum.assign(gradients);
    }
    summing = true;
  }

  @Override
  public FlatVector gradient() {
    clearIfStale();
    // made when it is first asked for: not every kernels' memory can be had in place
    FlatVector made = gradient;
    if (made == null) {
      made = kernels.flat(gradientSum);
      gradient = made;
    }
    return made;
  }

  /** What the last update used stays until the next pass overwrites it, or somebody looks. */
  private void clearIfStale() {
    if (!summing) {
      gradientSum.assign(0);
      summing = true;
    }
  }

  @Override
  public void update(float rate, float momentum, float weightDecay) {
    clearIfStale();
    sgd.step(rate, momentum, weightDecay);
    summing = false;
    graph.parametersChanged();
  }

  @Override
  public float[] embed(byte[] pixels, int count) {
    return evaluate(pixels, count, graph.output(), embeddingDimension);
  }

  @Override
  public float[] features(byte[] pixels, int count) {
    return evaluate(pixels, count, graph.features(), featureDimension);
  }

  private float[] evaluate(byte[] pixels, int count, INDArray result, int dimension) {
    phase = Phase.IDLE;
    float[] values = new float[count * dimension];
    for (int from = 0; from < count; from += batch) {
      int part = Math.min(batch, count - from);
      write(pixels, from, part);
      graph.forward(false);
      kernels.read(result, values, from * dimension, part * dimension);
    }
    return values;
  }

  /** The rows beyond {@code count} keep old images: no row's result depends on another's. */
  private void write(byte[] pixels, int from, int count) {
    int image = imageBytes();
    if (pixels.length < (long) (from + count) * image) {
      throw new IllegalArgumentException(
          "pixels of " + pixels.length + " bytes for " + (from + count) + " images of " + image);
    }
    normalizer.apply(pixels, from * image, count * image, input);
    kernels.write(input, 0, count * image, graph.input());
  }

  private int imageBytes() {
    return inputSize * inputSize * NetworkSpec.INPUT_CHANNELS;
  }

  @Override
  public StateDict state() {
    StateDict state = new StateDict();
    for (Parameter parameter : spec.parameters()) {
      state.put(new Tensor(parameter.name(), parameter.extents(), value(parameter)));
    }
    return state;
  }

  private float[] value(Parameter parameter) {
    if (parameter.role().trained()) {
      return graph.layout().read(parameter, graph.parameters());
    }
    float[] values = new float[parameter.size()];
    kernels.read(graph.running(parameter), values, 0, values.length);
    return values;
  }

  @Override
  public void load(StateDict state) {
    spec.check(state);
    for (Parameter parameter : spec.parameters()) {
      float[] values = state.get(parameter.name()).data();
      if (parameter.role().trained()) {
        graph.layout().write(parameter, values, graph.parameters());
      } else {
        kernels.write(values, 0, values.length, graph.running(parameter));
      }
    }
    graph.parametersChanged();
    phase = Phase.IDLE;
  }

  @Override
  public StateDict velocities() {
    return trainedState(velocities);
  }

  private StateDict trainedState(INDArray flat) {
    StateDict state = new StateDict();
    for (Parameter parameter : spec.parameters()) {
      if (parameter.role().trained()) {
        float[] values = graph.layout().read(parameter, flat);
        state.put(new Tensor(parameter.name(), parameter.extents(), values));
      }
    }
    return state;
  }

  @Override
  public void loadVelocities(StateDict state) {
    for (Parameter parameter : spec.parameters()) {
      if (parameter.role().trained()) {
        Tensor tensor = state.get(parameter.name());
        if (!Arrays.equals(tensor.shape(), parameter.extents())) {
          throw new IllegalArgumentException(
              "velocity of " + parameter.name() + ": shape " + Arrays.toString(tensor.shape()));
        }
        graph.layout().write(parameter, tensor.data(), velocities);
      }
    }
  }

  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return kernels.negatives(capacity, dimension, seed);
  }

  @Override
  public MomentumEncoder momentumEncoder() {
    return new ExchangingEncoder(this, new Weights(spec, graph));
  }

  /** Takes other weights in the place of its own, which go where those were. */
  void exchange(Weights other) {
    other.exchange();
    graph.parametersChanged();
    phase = Phase.IDLE;
  }

  @Override
  public StepProfile profile() {
    return profile;
  }

  @Override
  public String toString() {
    return spec.name() + " on " + kernels.description();
  }

  @Override
  public void close() {
    kernels.close();
    graph.close();
    velocities.close();
    gradientSum.close();
  }
}
