/** Atomic, verified checkpoints of a training run. */
@NullMarked
package io.bagpipe.model.checkpoint;

import org.jspecify.annotations.NullMarked;
