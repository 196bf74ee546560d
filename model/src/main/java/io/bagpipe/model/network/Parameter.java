package io.bagpipe.model.network;

import java.util.List;

/**
 * A tensor of a network's state: its torchvision name, its shape in PyTorch's layout (see {@link
 * Tensor}), what it is for and how it starts.
 */
public record Parameter(
    String name, List<Integer> shape, Role role, Initialisation initialisation) {

  /** What a tensor is for. */
  public enum Role {
    WEIGHT,
    BIAS,
    RUNNING_MEAN,
    RUNNING_VARIANCE;

    /** Whether the optimiser moves it; running statistics follow the batches instead. */
    public boolean trained() {
      return this == WEIGHT || this == BIAS;
    }
  }

  /** Number of values. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** The shape as {@link Tensor} holds it. */
  public int[] extents() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
