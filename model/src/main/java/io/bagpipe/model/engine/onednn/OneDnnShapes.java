package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layouts of activations, and ND4J's arrays as oneDNN's memory. */
final class OneDnnShapes {
  private OneDnnShapes() {}

  static memory.desc images(OneDnn oneDnn, int batch, Shape shape) {
    return oneDnn.desc(
        memory.format_tag.nhwc, batch, shape.channels(), shape.height(), shape.width());
  }

  /** An array's memory in place; the array stays its owner and must outlive it. */
  static memory on(OneDnn oneDnn, memory.desc layout, INDArray array) {
    return oneDnn.at(layout, HostArrays.address(array));
  }
}
