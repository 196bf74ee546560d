/** The BINGO objective: loss, CutMix, queue of negatives, schedule, training step. */
@NullMarked
package io.bagpipe.model.bingo;

import org.jspecify.annotations.NullMarked;
