package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.StudentEngineContract;

class TorchEngineTest extends StudentEngineContract {
  @Override
  protected EngineOptions options() {
    return TestDevice.options(EngineOptions.FLOAT32);
  }

  /** A GPU takes the fastest algorithms, and those may add in any order. */
  @Override
  protected boolean sameBits() {
    return TestDevice.isCpu();
  }
}
