package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.StudentEngineContract;

class TorchEngineTest extends StudentEngineContract {
  @Override
  protected EngineOptions options() {
    return EngineOptions.DEFAULT.withEngine("torch").withThreads(1);
  }
}
