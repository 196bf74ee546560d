package io.bagpipe.model.network;

import java.util.List;

/**
 * What one node of a network computes, on activations [batch, height, width, channels]. The
 * parameters each kind owns, with torchvision's suffixes, come from {@link #parameters(String)}.
 */
public sealed interface Operation {

  /** The parameters of this operation in the module called {@code name}, in PyTorch's order. */
  default List<Parameter> parameters(String name) {
    return List.of();
  }

  /** The shape of the result, given the shapes of the inputs. */
  Shape result(List<Shape> inputs);

  /** A square convolution; {@code groups == in == out} is depthwise. */
  record Convolution(int in, int out, int kernel, int stride, int padding, int groups, boolean bias)
      implements Operation {
    public Convolution {
      if (in % groups != 0 || out % groups != 0) {
        throw new IllegalArgumentException(
            groups + " groups do not divide " + in + " -> " + out + " channels");
      }
    }

    @Override
    public List<Parameter> parameters(String name) {
      // torchvision: kaiming_normal_(mode="fan_out"), whose fan out does not look at the groups
      Initialisation kaiming =
          new Initialisation.Normal(Math.sqrt(2.0 / ((double) out * kernel * kernel)));
      Parameter weight =
          new Parameter(
              name + ".weight",
              List.of(out, in / groups, kernel, kernel),
              Parameter.Role.WEIGHT,
              kaiming);
      if (!bias) {
        return List.of(weight);
      }
      return List.of(
          weight,
          new Parameter(
              name + ".bias", List.of(out), Parameter.Role.BIAS, new Initialisation.Constant(0)));
    }

    @Override
    public Shape result(List<Shape> inputs) {
      Shape x = Operation.only(inputs).requireChannels(in);
      return x.windowed(kernel, stride, padding, out);
    }
  }

  /**
   * Batch normalisation, affine, with running statistics. Training normalises with the biased
   * variance of the batch; the running variance takes the unbiased one, as PyTorch does.
   *
   * @param momentum the weight of the new batch in the running statistics
   */
  record BatchNorm(int channels, float epsilon, float momentum) implements Operation {
    @Override
    public List<Parameter> parameters(String name) {
      List<Integer> shape = List.of(channels);
      Initialisation zeros = new Initialisation.Constant(0);
      Initialisation ones = new Initialisation.Constant(1);
      return List.of(
          new Parameter(name + ".weight", shape, Parameter.Role.WEIGHT, ones),
          new Parameter(name + ".bias", shape, Parameter.Role.BIAS, zeros),
          new Parameter(name + ".running_mean", shape, Parameter.Role.RUNNING_MEAN, zeros),
          new Parameter(name + ".running_var", shape, Parameter.Role.RUNNING_VARIANCE, ones));
    }

    @Override
    public Shape result(List<Shape> inputs) {
      return Operation.only(inputs).requireChannels(channels);
    }
  }

  /** A function of each value alone. */
  record Activation(Function function) implements Operation {
    /** PyTorch's functions of these names. */
    public enum Function {
      RELU,
      HARD_SWISH,
      HARD_SIGMOID,
      SILU,
      SIGMOID
    }

    @Override
    public Shape result(List<Shape> inputs) {
      return Operation.only(inputs);
    }
  }

  /** The sum of two inputs of one shape. */
  record Add() implements Operation {
    @Override
    public Shape result(List<Shape> inputs) {
      Shape first = inputs.get(0);
      if (inputs.size() != 2 || !first.equals(inputs.get(1))) {
        throw new IllegalArgumentException("cannot add " + inputs);
      }
      return first;
    }
  }

  /** The first input times the second, which has one value per image and channel. */
  record ScaleChannels() implements Operation {
    @Override
    public Shape result(List<Shape> inputs) {
      Shape first = inputs.get(0);
      if (inputs.size() != 2 || !inputs.get(1).equals(new Shape(1, 1, first.channels()))) {
        throw new IllegalArgumentException("cannot scale channels of " + inputs);
      }
      return first;
    }
  }

  /** Square max pooling; the padding never wins. */
  record MaxPool(int kernel, int stride, int padding) implements Operation {
    @Override
    public Shape result(List<Shape> inputs) {
      Shape x = Operation.only(inputs);
      return x.windowed(kernel, stride, padding, x.channels());
    }
  }

  /** The mean over height and width: [batch, 1, 1, channels]. */
  record GlobalAveragePool() implements Operation {
    @Override
    public Shape result(List<Shape> inputs) {
      return new Shape(1, 1, Operation.only(inputs).channels());
    }
  }

  /** [batch, 1, 1, channels] as [batch, channels]; nothing moves. */
  record Flatten() implements Operation {
    @Override
    public Shape result(List<Shape> inputs) {
      return Operation.only(inputs).requirePooled();
    }
  }

  /** A fully connected layer with bias; weights [out, in]. */
  record Linear(int in, int out) implements Operation {
    @Override
    public List<Parameter> parameters(String name) {
      Initialisation uniform = new Initialisation.Uniform(1 / Math.sqrt(in));
      return List.of(
          new Parameter(name + ".weight", List.of(out, in), Parameter.Role.WEIGHT, uniform),
          new Parameter(name + ".bias", List.of(out), Parameter.Role.BIAS, uniform));
    }

    @Override
    public Shape result(List<Shape> inputs) {
      Operation.only(inputs).requirePooled().requireChannels(in);
      return new Shape(1, 1, out);
    }
  }

  private static Shape only(List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("takes one input, not " + inputs.size());
    }
    return inputs.get(0);
  }
}
