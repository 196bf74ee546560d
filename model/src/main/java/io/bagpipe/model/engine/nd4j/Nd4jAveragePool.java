package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.network.Shape;

/** The mean over the whole image. */
final class Nd4jAveragePool implements Kernel {
  private final double pixels;
  private final Buffers buffers;

  Nd4jAveragePool(Shape in, Buffers buffers) {
    this.buffers = buffers;
    this.pixels = (double) in.height() * in.width();
  }

  @Override
  public void forward(boolean training) {
    buffers.output().assign(buffers.input().mean(true, 1, 2));
  }

  @Override
  public void backward() {
    buffers.inputGradient(0).assign(0).addi(buffers.outputGradient().div(pixels));
  }
}
