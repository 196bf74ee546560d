package io.bagpipe.model.teacher.torch;

import org.bytedeco.pytorch.Tensor;

/** Computes one result of a node. Its temporaries belong to the scope around the call. */
@FunctionalInterface
interface Operation {
  /**
   * @param arguments the node's inputs that are not constant, in order; not to be changed
   */
  Tensor apply(Tensor[] arguments);
}
