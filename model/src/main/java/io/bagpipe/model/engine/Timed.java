package io.bagpipe.model.engine;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel under the clock. */
final class Timed extends Kernel {
  private final Kernel kernel;
  private final String kind;
  private final StepProfile profile;

  Timed(Kernel kernel, String kind, StepProfile profile) {
    this.kernel = kernel;
    this.kind = kind;
    this.profile = profile;
  }

  @Override
  List<StoredParameter> parameters() {
    return kernel.parameters();
  }

  @Override
  InputGradient inputGradient(int input) {
    return kernel.inputGradient(input);
  }

  @Override
  boolean mayOverwriteInput() {
    return kernel.mayOverwriteInput();
  }

  @Override
  boolean needsOutput() {
    return kernel.needsOutput();
  }

  @Override
  void bind(Buffers buffers) {
    kernel.bind(buffers);
  }

  @Override
  void forward(boolean training) {
    profile.time(kind + " forward", 0, () -> kernel.forward(training));
  }

  @Override
  void backward() {
    profile.time(kind + " backward", 0, kernel::backward);
  }

  @Override
  void parametersChanged() {
    kernel.parametersChanged();
  }

  @Override
  List<INDArray> runningStatistics() {
    return kernel.runningStatistics();
  }
}
