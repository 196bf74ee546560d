/**
 * CompRess (Koohpayegani et al., NeurIPS 2020, arXiv 2010.14713) with one queue: the student's
 * similarities to a queue of the teacher's embeddings follow the teacher's, both of the same view.
 * Read {@link io.bagpipe.model.objective.QueueDivergence}.
 */
@NullMarked
package io.bagpipe.model.objective.compress1q;

import org.jspecify.annotations.NullMarked;
