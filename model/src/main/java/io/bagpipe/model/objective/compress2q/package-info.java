/**
 * CompRess (Koohpayegani et al., NeurIPS 2020, arXiv 2010.14713) with two queues: the student's
 * similarities to its own earlier embeddings follow the teacher's to the teacher's. Read {@link
 * io.bagpipe.model.objective.compress2q.TwoQueueLoss}.
 */
@NullMarked
package io.bagpipe.model.objective.compress2q;

import org.jspecify.annotations.NullMarked;
