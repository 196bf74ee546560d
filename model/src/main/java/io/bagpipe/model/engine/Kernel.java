package io.bagpipe.model.engine;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One operation of the network, forward and backward, on buffers that {@link Buffers} gives it once
 * and that stay where they are: a step allocates nothing. Activations are float32 [batch, height,
 * width, channels]. Confined to the training thread; whoever made the kernel's {@link Kernels}
 * closes what it owns.
 */
abstract class Kernel {

  /** What a kernel does with the gradient of its output to make that of an input. */
  enum InputGradient {
    /** Writes it to another buffer. */
    FRESH,
    /** May write it over the output's gradient, if nobody else needs that. */
    IN_PLACE,
    /** Hands on the output's gradient as it is. */
    SAME
  }

  /** The trained parameters, in the node's order; the engine lays them into its flat vectors. */
  List<StoredParameter> parameters() {
    return List.of();
  }

  /** How the gradient of this input comes about. */
  InputGradient inputGradient(int input) {
    return InputGradient.FRESH;
  }

  /** Whether the result may be written over the first input, if nobody else needs that. */
  boolean mayOverwriteInput() {
    return false;
  }

  /** Whether {@link #backward} reads the result of {@link #forward}. */
  boolean needsOutput() {
    return false;
  }

  /** Takes the buffers; called once, before everything below. */
  abstract void bind(Buffers buffers);

  /** Inputs to output; training uses and remembers the batch's statistics. */
  abstract void forward(boolean training);

  /** The output's gradient to those of the parameters and, where they have a buffer, the inputs. */
  abstract void backward();

  /** The parameters are other ones than before: forget what was derived from them. */
  void parametersChanged() {}

  /** Running mean and variance of a batch norm; empty for everything else. */
  List<INDArray> runningStatistics() {
    return List.of();
  }
}
