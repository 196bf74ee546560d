package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.nativelib.OneDnn.Step;
import java.util.List;

/**
 * A kernel whose passes want its weights in other layouts than they are kept in: the copies are
 * made once after each change of the parameters, by the first pass that needs them.
 */
final class WeightedKernel implements Kernel {
  private final List<Step> derivations;
  private final Step forward;
  private final List<Step> backward;
  private boolean derived;

  WeightedKernel(List<Step> derivations, Step forward, List<Step> backward) {
    this.derivations = List.copyOf(derivations);
    this.forward = forward;
    this.backward = List.copyOf(backward);
  }

  @Override
  public void forward(boolean training) {
    if (!derived) {
      derivations.forEach(Step::run);
      derived = true;
    }
    forward.run();
  }

  @Override
  public void backward() {
    backward.forEach(Step::run);
  }

  @Override
  public void parametersChanged() {
    derived = false;
  }
}
