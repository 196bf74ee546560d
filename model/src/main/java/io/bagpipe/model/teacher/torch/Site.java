package io.bagpipe.model.teacher.torch;

import io.bagpipe.model.engine.torch.TorchDevice;
import io.bagpipe.model.onnx.OnnxException;
import io.bagpipe.model.onnx.OnnxNode;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A node whose operation is being made: what its inputs are, by a pass that was really run, and
 * where its constants are to lie. Its methods want a scope around them.
 */
final class Site {
  /**
   * An input.
   *
   * @param tensor a constant's values on the CPU, or what a pass gave
   * @param place of a computed one among the arguments; below 0 for a constant
   */
  record Input(Tensor tensor, int place) {
    boolean constant() {
      return place < 0;
    }
  }

  /**
   * Where operations compute.
   *
   * @param product element type of convolutions and matrix products
   */
  record Target(TorchDevice device, ScalarType product) {}

  /**
   * What follows a convolution and is made one with it: by channel, float64.
   *
   * @param scale [channels]
   * @param shift [channels]
   */
  record Affine(Tensor scale, Tensor shift) {}

  private final OnnxNode node;
  private final long opset;
  private final int result;
  private final List<@Nullable Input> inputs;
  private final Target target;
  private final Constants constants;
  private @Nullable Affine affine;

  /**
   * @param result which of the node's, from 0
   * @param inputs null where one is left out
   * @param constants owns what the operation will hold
   */
  Site(
      OnnxNode node,
      long opset,
      int result,
      List<@Nullable Input> inputs,
      Target target,
      Constants constants) {
    this.node = node;
    this.opset = opset;
    this.result = result;
    this.inputs = inputs;
    this.target = target;
    this.constants = constants;
  }

  OnnxNode node() {
    return node;
  }

  long opset() {
    return opset;
  }

  /** Which of the node's results is meant. */
  int result() {
    return result;
  }

  void follow(Affine next) {
    affine = next;
  }

  @Nullable Affine affine() {
    return affine;
  }

  /** Element type of convolutions and matrix products. */
  ScalarType product() {
    return target.product();
  }

  int inputs() {
    return inputs.size();
  }

  boolean has(int input) {
    return input < inputs.size() && inputs.get(input) != null;
  }

  boolean constant(int input) {
    return input(input).constant();
  }

  private Input input(int number) {
    Input input = number < inputs.size() ? inputs.get(number) : null;
    if (input == null) {
      throw refused("it has no input " + number);
    }
    return input;
  }

  /** What a pass gave as this input, or its constant. */
  Tensor sample(int input) {
    return input(input).tensor();
  }

  long[] shape(int input) {
    return shape(sample(input));
  }

  static long[] shape(Tensor tensor) {
    long[] shape = new long[(int) tensor.dim()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.size(i);
    }
    return shape;
  }

  int rank(int input) {
    return (int) sample(input).dim();
  }

  ScalarType type(int input) {
    return sample(input).scalar_type().intern();
  }

  static boolean floating(ScalarType type) {
    return switch (type) {
      case Float, Double, Half, BFloat16 -> true;
      default -> false;
    };
  }

  /** The input as it comes. */
  Operand operand(int number) {
    return operand(number, type(number));
  }

  /** The input in an element type. */
  Operand operand(int number, ScalarType type) {
    Input input = input(number);
    if (input.constant()) {
      return constant(placed(input.tensor(), type));
    }
    int place = input.place();
    return type(number) == type
        ? arguments -> arguments[place]
        : arguments -> arguments[place].to(type);
  }

  /** The input in float32 if it has fewer bits: sums and powers want them. */
  Operand exact(int number) {
    ScalarType type = type(number);
    boolean narrow = type == ScalarType.BFloat16 || type == ScalarType.Half;
    return operand(number, narrow ? ScalarType.Float : type);
  }

  /** A constant of the operation, where it computes. */
  Tensor placed(Tensor tensor, ScalarType type) {
    return constants.hold(target.device().placed(tensor, type));
  }

  /** The same, channels last, of [out, in, height, width]. */
  Tensor filters(Tensor tensor, ScalarType type) {
    return constants.hold(
        target.device().placed(tensor, type).contiguous(MemoryFormat.ChannelsLast));
  }

  static Operand constant(Tensor tensor) {
    return arguments -> tensor;
  }

  TensorOptional optional(Tensor placed) {
    return constants.hold(new TensorOptional(placed));
  }

  TensorOptional none() {
    return constants.hold(new TensorOptional());
  }

  /** A constant's values on the CPU. */
  Tensor values(int input) {
    Input found = input(input);
    if (!found.constant()) {
      throw refused("its input " + input + " depends on the images");
    }
    return found.tensor();
  }

  /** A constant's values as whole numbers, in order. */
  long[] integers(int input) {
    Tensor whole = values(input).to(ScalarType.Long).contiguous();
    long[] values = new long[(int) whole.numel()];
    if (values.length > 0) {
      whole.data_ptr_long().get(values);
    }
    return values;
  }

  /** The one value of a constant. */
  double real(int input) {
    Tensor value = values(input).to(ScalarType.Double).contiguous();
    if (value.numel() != 1) {
      throw refused("its input " + input + " has " + value.numel() + " values, not one");
    }
    return value.data_ptr_double().get();
  }

  /** Whole numbers that are an attribute in old files and an input in new ones. */
  long @Nullable [] integers(String attribute, int input) {
    return has(input) ? integers(input) : node.integers(attribute).orElse(null);
  }

  /** As {@link #integers(String, int)}, of what a node cannot do without. */
  long[] given(String attribute, int input) {
    long[] values = integers(attribute, input);
    if (values == null) {
      throw refused("it has no " + attribute);
    }
    return values;
  }

  /** An axis counted from the front. */
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= Math.max(rank, 1)) {
      throw refused("axis " + axis + " of " + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  long[] axes(long[] axes, int rank) {
    long[] front = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      front[i] = axis(axes[i], rank);
    }
    return front;
  }

  void require(boolean met, String otherwise) {
    if (!met) {
      throw refused(otherwise);
    }
  }

  OnnxException refused(String why) {
    return new OnnxException(node + ": " + why);
  }
}
