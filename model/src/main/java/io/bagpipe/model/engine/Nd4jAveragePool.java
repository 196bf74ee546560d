package io.bagpipe.model.engine;

import io.bagpipe.model.network.Shape;

/** The mean over the whole image. */
final class Nd4jAveragePool extends Nd4jKernel {
  private final double pixels;

  Nd4jAveragePool(Shape in) {
    this.pixels = (double) in.height() * in.width();
  }

  @Override
  void forward(boolean training) {
    buffers().output().assign(buffers().input().mean(true, 1, 2));
  }

  @Override
  void backward() {
    inputGradientBuffer(0).assign(0).addi(buffers().outputGradient().div(pixels));
  }
}
