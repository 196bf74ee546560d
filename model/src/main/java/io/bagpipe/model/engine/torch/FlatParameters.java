package io.bagpipe.model.engine.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * All tensors of a network's state. What is trained lies in one flat vector, in the network's
 * order, each parameter at a whole cache line and channels last; gradients and velocities lie
 * likewise in vectors of their own. Gaps hold zeros. The network's parameters are views of the
 * first, their gradients views of the second, so that an update is a few operations however many
 * parameters there are. Running statistics are tensors of their own.
 *
 * <p>Owns all of them. Its methods want a scope of {@link TorchDevice} around them.
 */
final class FlatParameters implements AutoCloseable {
  private static final long ALIGNMENT = 16;

  private final TorchDevice device;
  private final Map<String, Long> places = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Tensor values;
  private final Tensor gradients;
  private final Tensor velocities;
  private final long length;

  FlatParameters(NetworkSpec spec, TorchDevice device) {
    this.device = device;
    long end = 0;
    for (Parameter parameter : spec.parameters()) {
      if (parameter.role().trained()) {
        places.put(parameter.name(), end);
        end += (parameter.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    this.length = end;
    this.values = keep(device.zeroed(end));
    this.gradients = keep(device.zeroed(end));
    this.velocities = keep(device.zeroed(end));
    for (Parameter parameter : spec.parameters()) {
      Tensor tensor;
      if (parameter.role().trained()) {
        tensor = keep(view(values, parameter).detach().set_requires_grad(true));
        tensor.mutable_grad().put(view(gradients, parameter));
      } else {
        tensor = keep(device.zeroed(parameter.size()));
      }
      tensors.put(parameter.name(), tensor);
    }
  }

  /** A parameter within one of the vectors, in its shape, channels last. */
  private Tensor view(Tensor flat, Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    long[] strides =
        switch (shape.length) {
          case 1 -> new long[] {1};
          case 2 -> new long[] {shape[1], 1};
          default -> new long[] {shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]};
        };
    long place = Objects.requireNonNull(places.get(parameter.name()), parameter.name());
    return flat.as_strided(shape, strides, new LongOptional(place));
  }

  /** A parameter or running statistic, for the network; not to be closed. */
  Tensor tensor(Parameter parameter) {
    return Objects.requireNonNull(tensors.get(parameter.name()), parameter.name());
  }

  /** A parameter's or statistic's values as PyTorch lays them, a copy. */
  float[] value(Parameter parameter) {
    return copy(parameter, place(parameter, values));
  }

  void setValue(Parameter parameter, float[] source) {
    set(parameter, source, place(parameter, values));
  }

  float[] velocity(Parameter parameter) {
    return copy(parameter, view(velocities, parameter));
  }

  void setVelocity(Parameter parameter, float[] source) {
    set(parameter, source, view(velocities, parameter));
  }

  private Tensor place(Parameter parameter, Tensor flat) {
    return parameter.role().trained() ? view(flat, parameter) : tensor(parameter);
  }

  private static float[] copy(Parameter parameter, Tensor from) {
    float[] copy = new float[parameter.size()];
    TorchDevice.read(from, copy, 0, copy.length);
    return copy;
  }

  private void set(Parameter parameter, float[] source, Tensor into) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    into.copy_(device.sent(source, shape));
  }

  /** The gradients' vector, in place; stays ours. */
  Tensor gradients() {
    return gradients;
  }

  /** Values of a vector, gaps included. */
  long length() {
    return length;
  }

  /** One step of SGD, as PyTorch does it; clears the gradients. */
  void update(float rate, float momentum, float weightDecay) {
    gradients.add_(values, new Scalar(weightDecay));
    velocities.mul_(new Scalar(momentum)).add_(gradients);
    values.add_(velocities, new Scalar(-rate));
    gradients.zero_();
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    velocities.close();
    gradients.close();
    values.close();
  }
}
