package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.KernelPlan.InputGradient;
import io.bagpipe.model.engine.graph.StoredParameter;
import java.util.List;
import java.util.function.Function;

/**
 * A plan of one of ND4J's kernels. None of them overwrites its input.
 *
 * @param gradients how those of all inputs come about
 * @param maker makes the kernel on its buffers
 */
record Nd4jPlan(
    List<StoredParameter> parameters,
    InputGradient gradients,
    boolean needsOutput,
    Function<Buffers, Kernel> maker)
    implements KernelPlan {

  /** For operations without parameters that write their gradients to other buffers. */
  static Nd4jPlan plain(Function<Buffers, Kernel> maker) {
    return new Nd4jPlan(List.of(), InputGradient.FRESH, false, maker);
  }

  @Override
  public InputGradient inputGradient(int input) {
    return gradients;
  }

  @Override
  public Kernel bind(Buffers buffers) {
    return maker.apply(buffers);
  }
}
