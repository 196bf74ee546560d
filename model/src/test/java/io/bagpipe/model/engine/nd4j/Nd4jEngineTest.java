package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.StudentEngineContract;

class Nd4jEngineTest extends StudentEngineContract {
  @Override
  protected EngineOptions options() {
    return EngineOptions.DEFAULT.withEngine("nd4j").withThreads(1);
  }

  /** ND4J convolves all channels together, or each alone. */
  @Override
  protected boolean runs(String layer) {
    return !layer.equals("grouped convolution");
  }
}
