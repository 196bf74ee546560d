package io.bagpipe.model.network;

/** The extent of one image's activations: rows, columns, channels. */
public record Shape(int height, int width, int channels) {
  public Shape {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "empty activations: " + height + "x" + width + "x" + channels);
    }
  }

  /** Values an image. */
  public int size() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  Shape windowed(int kernel, int stride, int padding, int newChannels) {
    return new Shape(
        Math.floorDiv(height + 2 * padding - kernel, stride) + 1,
        Math.floorDiv(width + 2 * padding - kernel, stride) + 1,
        newChannels);
  }

  Shape requireChannels(int expected) {
    if (channels != expected) {
      throw new IllegalArgumentException("takes " + expected + " channels, not " + channels);
    }
    return this;
  }

  Shape requirePooled() {
    if (height != 1 || width != 1) {
      throw new IllegalArgumentException("takes pooled activations, not " + this);
    }
    return this;
  }
}
