package io.bagpipe.model.engine.graph;

/**
 * One operation of the network, forward and backward, on the buffers that {@link KernelPlan#bind}
 * gave it and that stay where they are: a step allocates nothing. Activations are float32 [batch,
 * height, width, channels]. Confined to the training thread; what it took of native memory is
 * closed with the {@link Kernels} that its plan came from.
 */
public interface Kernel {
  /** Inputs to output; training uses and remembers the batch's statistics. */
  void forward(boolean training);

  /** The output's gradient to those of the parameters and, where they have a buffer, the inputs. */
  void backward();

  /** The parameters are other ones than before: forget what was derived from them. */
  default void parametersChanged() {}
}
