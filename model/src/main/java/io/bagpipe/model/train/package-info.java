/**
 * Training: {@link io.bagpipe.model.train.Trainer} takes steps with whatever objective it is given,
 * by a schedule, and is saved and restored as {@link io.bagpipe.model.train.TrainerState}.
 */
@NullMarked
package io.bagpipe.model.train;

import org.jspecify.annotations.NullMarked;
