/**
 * MoCo v2 (Chen et al., 2020, arXiv 2003.04297; He et al., CVPR 2020, arXiv 1911.05722): contrast
 * of two views of an image, without a teacher. Read {@link
 * io.bagpipe.model.objective.moco.MocoObjective}.
 */
@NullMarked
package io.bagpipe.model.objective.moco;

import org.jspecify.annotations.NullMarked;
