package io.bagpipe.model.engine.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A student in libtorch's operations, on the CPU or an NVIDIA GPU. Parameters, gradients and
 * velocities are made at the start; what a pass takes besides lives in its scope, but for the
 * output, which autograd holds to until the backward pass. Confined to the training thread, which
 * also makes and closes it. On the CPU the same seed, inputs and thread count give the same bits;
 * on a GPU that is not promised, since the fastest algorithms are taken.
 *
 * @see FlatParameters
 */
final class TorchStudentEngine implements StudentEngine {
  private final NetworkSpec spec;
  private final int inputSize;
  private final int batch;
  private final int featureDimension;
  private final int embeddingDimension;
  private final Precision precision;
  private final TorchProcess claim;
  private final TorchDevice device;
  private final FlatParameters parameters;
  private final TorchNetwork network;
  private final PixelInput input;
  private final FlatVector gradient;
  private final StepProfile profile = new StepProfile();

  /** Of the last training forward pass, until something else is done. */
  private org.bytedeco.pytorch.@Nullable Tensor output;

  /**
   * @param claim on the process's settings, ours from here on
   */
  TorchStudentEngine(
      EngineRequest request, Device device, Precision precision, TorchProcess claim) {
    this.spec = request.network();
    this.inputSize = request.inputSize();
    this.batch = request.batch();
    this.featureDimension = spec.featureDimension();
    this.embeddingDimension = spec.embeddingDimension();
    this.precision = precision;
    this.claim = claim;
    this.device = new TorchDevice(device);
    this.parameters = this.device.scoped(() -> new FlatParameters(spec, this.device));
    this.network = this.device.scoped(() -> new TorchNetwork(spec, parameters));
    this.input =
        this.device.scoped(() -> new PixelInput(inputSize, batch, request.pixels(), this.device));
    this.gradient = new GradientVector(parameters, device);
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
    forget();
    float[] values = new float[batch * embeddingDimension];
    timed(
        "graph forward",
        () -> {
          org.bytedeco.pytorch.Tensor result =
              run(pixels, 0, batch, true).output().to(ScalarType.Float);
          output = keep(result);
          TorchDevice.read(result, values, 0, values.length);
        });
    return values;
  }

  @Override
  public void backward(float[] outputGradient) {
    org.bytedeco.pytorch.Tensor last = output;
    if (last == null) {
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
    timed(
        "graph backward",
        () ->
            last.backward(
                device.sent(outputGradient, batch, embeddingDimension),
                new BoolOptional(false),
                false,
                new TensorArrayRefOptional()));
    forget();
  }

  /** Drops what a forward pass left for a backward pass. */
  private void forget() {
    if (output != null) {
      output.close();
      output = null;
    }
  }

  private TorchNetwork.Result run(byte[] pixels, int from, int count, boolean training) {
    org.bytedeco.pytorch.Tensor images = input.normalised(pixels, from, count);
    return precision.forward(device.type(), () -> network.forward(images, training));
  }

  /** On a GPU the host's clock would tell when work was asked for, not what it took. */
  private void timed(String kind, Runnable work) {
    if (device.isCuda()) {
      device.scoped(work);
    } else {
      profile.time(kind, 0, () -> device.scoped(work));
    }
  }

  @Override
  public FlatVector gradient() {
    device.await();
    return gradient;
  }

  @Override
  public void update(float rate, float momentum, float weightDecay) {
    timed("update", () -> parameters.update(rate, momentum, weightDecay));
  }

  @Override
  public float[] embed(byte[] pixels, int count) {
    return evaluate(pixels, count, embeddingDimension, TorchNetwork.Result::output);
  }

  @Override
  public float[] features(byte[] pixels, int count) {
    return evaluate(pixels, count, featureDimension, TorchNetwork.Result::features);
  }

  /** Always in whole batches: how a row is computed then depends on its place alone. */
  @SuppressWarnings("try") // the guard works by being open
  private float[] evaluate(
      byte[] pixels,
      int count,
      int dimension,
      Function<TorchNetwork.Result, org.bytedeco.pytorch.Tensor> part) {
    forget();
    float[] values = new float[count * dimension];
    for (int from = 0; from < count; from += batch) {
      int first = from;
      int rows = Math.min(batch, count - from);
      device.scoped(
          () -> {
            try (NoGradGuard off = new NoGradGuard()) {
              org.bytedeco.pytorch.Tensor result =
                  part.apply(run(pixels, first, rows, false)).to(ScalarType.Float);
              TorchDevice.read(
                  result.narrow(0, 0, rows), values, first * dimension, rows * dimension);
            }
          });
    }
    return values;
  }

  @Override
  public StateDict state() {
    StateDict state = new StateDict();
    for (Parameter parameter : spec.parameters()) {
      float[] values = device.scoped(() -> parameters.value(parameter));
      state.put(new Tensor(parameter.name(), parameter.extents(), values));
    }
    return state;
  }

  @Override
  public void load(StateDict state) {
    spec.check(state);
    forget();
    for (Parameter parameter : spec.parameters()) {
      float[] values = state.get(parameter.name()).data();
      device.scoped(() -> parameters.setValue(parameter, values));
    }
  }

  @Override
  public StateDict velocities() {
    StateDict state = new StateDict();
    for (Parameter parameter : spec.parameters()) {
      if (parameter.role().trained()) {
        float[] values = device.scoped(() -> parameters.velocity(parameter));
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
        device.scoped(() -> parameters.setVelocity(parameter, tensor.data()));
      }
    }
  }

  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return new TorchNegativeQueue(capacity, dimension, seed, device);
  }

  @Override
  public StepProfile profile() {
    return profile;
  }

  @Override
  public long devicePeakBytes() {
    return device.peakBytes();
  }

  @Override
  public String toString() {
    return spec.name() + " on libtorch, " + device.device() + ", " + precision.text();
  }

  @Override
  public void close() {
    forget();
    input.close();
    network.close();
    parameters.close();
    device.close();
    claim.close();
  }
}
