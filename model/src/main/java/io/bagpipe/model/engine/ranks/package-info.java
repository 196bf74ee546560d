/**
 * One student trained by several processes, its ranks, as torch.distributed's data parallel does:
 * every rank takes a batch of its own, gradients are averaged before each update, and what one rank
 * puts into a queue of negatives all have. Read {@link io.bagpipe.model.engine.ranks.RankedEngine}
 * first: it is an engine like any other, so that trainer and objectives know of no ranks. What
 * talks between processes is a {@link io.bagpipe.model.engine.ranks.Communicator}; libtorch's is in
 * {@code engine.torch}.
 */
@NullMarked
package io.bagpipe.model.engine.ranks;

import org.jspecify.annotations.NullMarked;
