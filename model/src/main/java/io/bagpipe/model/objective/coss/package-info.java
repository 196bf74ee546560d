/**
 * CoSS (Singh and Wang, ECCV 2024, arXiv 2409.13939; authors' code: paganpasta/coss-pytorch): not
 * only each vector, but each dimension's course over a batch of neighbours follows the teacher's.
 * Read {@link io.bagpipe.model.objective.coss.CossLoss}.
 */
@NullMarked
package io.bagpipe.model.objective.coss;

import org.jspecify.annotations.NullMarked;
