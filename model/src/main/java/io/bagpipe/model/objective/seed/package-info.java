/**
 * SEED (Fang et al., ICLR 2021, arXiv 2101.04731): the student's similarities to a queue of the
 * teacher's embeddings follow the teacher's own, both of the same view. Read {@link
 * io.bagpipe.model.objective.seed.SeedLoss}.
 */
@NullMarked
package io.bagpipe.model.objective.seed;

import org.jspecify.annotations.NullMarked;
