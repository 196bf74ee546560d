package io.bagpipe.model.engine;

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
 */
record Buffers(
    List<INDArray> inputs,
    INDArray output,
    INDArray outputGradient,
    @Nullable INDArray[] inputGradients,
    List<INDArray> parameters,
    List<INDArray> gradients) {

  INDArray input() {
    return inputs.get(0);
  }

  @Nullable INDArray inputGradient() {
    return inputGradients[0];
  }
}
