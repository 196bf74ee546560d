/**
 * BINGO (Xu et al., ICLR 2022, arXiv 2107.01691): the student puts an anchor, a member of its bag
 * and a CutMix of the two next to the teacher's embeddings of anchor and member. Read {@link
 * io.bagpipe.model.objective.bingo.BingoLoss}.
 */
@NullMarked
package io.bagpipe.model.objective.bingo;

import org.jspecify.annotations.NullMarked;
