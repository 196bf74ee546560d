/**
 * What of native code several rooms share, and who owns it. Below everything else of the model.
 *
 * <ul>
 *   <li>{@link io.bagpipe.model.nativelib.OneDnn}: oneDNN's engine and stream, and the owner of all
 *       that is made with them. Whoever computes with oneDNN (student's kernels, queue of
 *       negatives, index) makes one, uses it on one thread, and closes it there.
 *   <li>{@link io.bagpipe.model.nativelib.MatrixSpeed}: the one probe of what this machine can do.
 *   <li>{@link io.bagpipe.model.nativelib.NativeLibraries} and {@link
 *       io.bagpipe.model.nativelib.NvidiaGpus}: which of ND4J's builds is loaded, decided before it
 *       is.
 *   <li>{@link io.bagpipe.model.nativelib.NativeMemory}: how much of it there is.
 * </ul>
 */
@NullMarked
package io.bagpipe.model.nativelib;

import org.jspecify.annotations.NullMarked;
