/**
 * Whether a stream has changed, told from the teacher's features, which do not move: {@link
 * io.bagpipe.model.drift.DriftDetector} compares the newest images with a reference of earlier ones
 * by their maximum mean discrepancy; {@link io.bagpipe.model.drift.Frechet} says for people how far
 * apart two sets of images are.
 */
@NullMarked
package io.bagpipe.model.drift;

import org.jspecify.annotations.NullMarked;
