/**
 * LightlyTrain's distillation, version 1 (lightly-ai/lightly-train: {@code _methods/distillation}),
 * in its queue's form: without its mixing of views. Read {@link
 * io.bagpipe.model.objective.QueueDivergence}.
 */
@NullMarked
package io.bagpipe.model.objective.lightly;

import org.jspecify.annotations.NullMarked;
