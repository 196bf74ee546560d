/**
 * What ND4J's own operations compute for a student, wherever its backend keeps the arrays: engine
 * {@code nd4j}. On a CPU the slow and plain twin of {@code onednn}, written from the definitions.
 *
 * <p>Read first {@link io.bagpipe.model.engine.nd4j.Nd4jKernels}, which says each kernel's rules
 * ({@code Nd4jPlan}) and makes it; a kernel is a class with its two passes and nothing else.
 *
 * <p>Owners: {@code Nd4jKernels} owns the arrays its kernels keep between passes; temporaries of a
 * pass are the collector's, which is why this engine is not for long runs on a CPU. Threads: the
 * training thread, only.
 */
@NullMarked
package io.bagpipe.model.engine.nd4j;

import org.jspecify.annotations.NullMarked;
