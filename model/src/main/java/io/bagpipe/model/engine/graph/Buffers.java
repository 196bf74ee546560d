package io.bagpipe.model.engine.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays one kernel works on, all of them whole and in C order; the engine owns them.
 *
 * @param inputs the producers' outputs
 * @param output may be the first input, where the kernel allows it
 * @param outputGradient the loss's gradient of the output
 * @param inputGradients in the order of the inputs; null for the image, whose gradient nobody needs
 * @param parameters views into the flat vector, in the kernel's order and layout
 * @param gradients the same, of the gradient vector
 * @param statistics running mean and variance of a batch norm; empty for everything else
 */
public record Buffers(
    List<INDArray> inputs,
    INDArray output,
    INDArray outputGradient,
    @Nullable INDArray[] inputGradients,
    List<INDArray> parameters,
    List<INDArray> gradients,
    List<INDArray> statistics) {

  public INDArray input() {
    return inputs.get(0);
  }

  /** The first input's; null for the image. */
  public @Nullable INDArray inputGradient() {
    return inputGradients[0];
  }

  /** Where an input's gradient goes, for kernels that cannot do without. */
  public INDArray inputGradient(int input) {
    INDArray gradient = inputGradients[input];
    if (gradient == null) {
      throw new IllegalArgumentException("only a convolution reads the image itself");
    }
    return gradient;
  }
}
