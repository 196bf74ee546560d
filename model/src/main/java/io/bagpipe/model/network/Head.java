package io.bagpipe.model.network;

/**
 * The projection head after the pooled features: Linear(d, hidden), ReLU, Linear(hidden,
 * embedding), in place of torchvision's classifier.
 */
public record Head(int hidden, int embedding) {
  /** The published runs' head. */
  public static final Head DEFAULT = new Head(2048, 128);

  public Head {
    if (hidden < 1 || embedding < 1) {
      throw new IllegalArgumentException("a head of " + hidden + " -> " + embedding + " values");
    }
  }
}
