package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.StudentEngineContract;

class OneDnnEngineTest extends StudentEngineContract {
  @Override
  protected EngineOptions options() {
    return EngineOptions.DEFAULT.withEngine("onednn").withThreads(1);
  }
}
