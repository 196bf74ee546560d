package io.bagpipe.model.engine;

import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.memory;

/** The layouts of activations. */
final class OneDnnShapes {
  private OneDnnShapes() {}

  static memory.desc images(OneDnn oneDnn, int batch, Shape shape) {
    return oneDnn.desc(
        memory.format_tag.nhwc, batch, shape.channels(), shape.height(), shape.width());
  }
}
