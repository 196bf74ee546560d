package io.bagpipe.model.teacher.torch;

import org.bytedeco.pytorch.Tensor;

/** An input of a node, as its operation gets at it: a constant, or one of the arguments. */
@FunctionalInterface
interface Operand {
  Tensor of(Tensor[] arguments);
}
