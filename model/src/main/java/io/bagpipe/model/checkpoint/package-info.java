/**
 * Atomic, verified checkpoints of a training run.
 *
 * <p>Start at {@link io.bagpipe.model.checkpoint.Checkpoint}: what a run says of itself ({@link
 * io.bagpipe.model.checkpoint.CheckpointInfo}) and what its parts remember ({@link
 * io.bagpipe.model.checkpoint.Components}: named tensors and counters). {@link
 * io.bagpipe.model.checkpoint.CheckpointFile} is the format, {@link
 * io.bagpipe.model.checkpoint.CheckpointStore} the directory that never holds half a file, {@link
 * io.bagpipe.model.checkpoint.Ledger} the account of which images were trained. Nothing here knows
 * what a component means: the parts that write them know.
 */
@NullMarked
package io.bagpipe.model.checkpoint;

import org.jspecify.annotations.NullMarked;
