/**
 * Regression of the teacher's embedding by cosine and smooth L1, as AM-RADIO (CVPR 2024, arXiv
 * 2312.06709) and theia (CoRL 2024, arXiv 2407.20179) do. Read {@link
 * io.bagpipe.model.objective.regression.RegressionLoss}.
 */
@NullMarked
package io.bagpipe.model.objective.regression;

import org.jspecify.annotations.NullMarked;
