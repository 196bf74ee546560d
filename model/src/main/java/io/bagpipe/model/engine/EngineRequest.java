package io.bagpipe.model.engine;

import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.NetworkSpec;

/**
 * What an engine is to run: the mathematics, the same whoever computes it.
 *
 * @param inputSize side of the images, pixels
 * @param batch images of a training pass; evaluation takes any number
 * @param seed draws the weights
 * @param pixels how uint8 levels become the network's input
 */
public record EngineRequest(
    NetworkSpec network, int inputSize, int batch, long seed, PixelNormalizer pixels) {
  public EngineRequest {
    if (inputSize < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "an engine for batches of " + batch + " images of side " + inputSize);
    }
  }
}
