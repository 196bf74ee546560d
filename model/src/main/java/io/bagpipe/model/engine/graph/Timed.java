package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.StepProfile;
import java.util.List;

/**
 * Puts the kernel of another plan under the clock.
 *
 * @param kind what its time is counted as, "forward" and "backward" added
 */
public record Timed(KernelPlan plan, String kind, StepProfile profile) implements KernelPlan {
  @Override
  public List<StoredParameter> parameters() {
    return plan.parameters();
  }

  @Override
  public InputGradient inputGradient(int input) {
    return plan.inputGradient(input);
  }

  @Override
  public boolean mayOverwriteInput() {
    return plan.mayOverwriteInput();
  }

  @Override
  public boolean needsOutput() {
    return plan.needsOutput();
  }

  @Override
  public Kernel bind(Buffers buffers) {
    Kernel kernel = plan.bind(buffers);
    return new Kernel() {
      @Override
      public void forward(boolean training) {
        profile.time(kind + " forward", 0, () -> kernel.forward(training));
      }

      @Override
      public void backward() {
        profile.time(kind + " backward", 0, kernel::backward);
      }

      @Override
      public void parametersChanged() {
        kernel.parametersChanged();
      }
    };
  }
}
