package io.bagpipe.model.engine.graph;

import java.util.List;

/**
 * What a kernel will need, said before there is any buffer: the engine plans its memory by these
 * answers, and {@link #bind} then makes the kernel on it. Confined to the training thread.
 */
public interface KernelPlan {
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
  default List<StoredParameter> parameters() {
    return List.of();
  }

  /** How the gradient of this input comes about. */
  default InputGradient inputGradient(int input) {
    return InputGradient.FRESH;
  }

  /** Whether the result may be written over the first input, if nobody else needs that. */
  default boolean mayOverwriteInput() {
    return false;
  }

  /** Whether {@link Kernel#backward} reads the result of {@link Kernel#forward}. */
  default boolean needsOutput() {
    return false;
  }

  /** Makes the kernel on these buffers; called once. */
  Kernel bind(Buffers buffers);
}
