/**
 * What oneDNN computes for a student on the CPU, in place on ND4J's arrays: engine {@code onednn},
 * and the queue of negatives of every engine that computes on the host.
 *
 * <p>Read first {@link io.bagpipe.model.engine.onednn.OneDnnKernels}. A plan ({@code
 * OneDnnActivation}, {@code OneDnnBatchNorm}, ...) makes its primitives when it is made and its
 * steps when it is bound; what is left is a {@code StepsKernel}, or a {@code WeightedKernel} where
 * the weights are wanted in several layouts. {@code OneDnnWinograd} and the {@code Winograd*}
 * beside it make a convolution's gradients of matrix products. {@link
 * io.bagpipe.model.engine.onednn.OneDnnNegativeQueue} holds rows, {@code QueueKernel} attends to
 * them.
 *
 * <p>Owners: one {@link io.bagpipe.model.nativelib.OneDnn} an engine owns all primitives, layouts
 * and scratch of its kernels; a queue, and each of its kernels, have one of their own. The arrays
 * are the graph's. Threads: the training thread makes, runs and closes; oneDNN's OpenMP team works
 * for it.
 */
@NullMarked
package io.bagpipe.model.engine.onednn;

import org.jspecify.annotations.NullMarked;
