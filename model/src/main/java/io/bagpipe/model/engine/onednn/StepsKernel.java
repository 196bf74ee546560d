package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.nativelib.OneDnn.Step;
import java.util.List;

/** A kernel that is oneDNN's steps and nothing else. */
record StepsKernel(List<Step> forwardSteps, List<Step> backwardSteps) implements Kernel {
  @Override
  public void forward(boolean training) {
    forwardSteps.forEach(Step::run);
  }

  @Override
  public void backward() {
    backwardSteps.forEach(Step::run);
  }
}
