/**
 * A student as a Deeplearning4j graph of our own vertices over ND4J's arrays, whoever computes
 * them.
 *
 * <p>Read first {@link io.bagpipe.model.engine.graph.GraphStudentEngine}, then {@code
 * StudentGraph}, which is made in this order:
 *
 * <ol>
 *   <li>{@code NetworkPlan}: the spec's nodes as they run, a ReLU within what it follows.
 *   <li>{@link io.bagpipe.model.engine.graph.Kernels} gives a {@link
 *       io.bagpipe.model.engine.graph.KernelPlan} a node: what its kernel will need of memory.
 *   <li>{@code FlatLayout}: where each parameter lies in the flat vectors.
 *   <li>{@code BackwardOrder}: how Deeplearning4j walks back and sums, asked of it by a pass on
 *       single numbers; {@code GradientBuffers} plans by it.
 *   <li>{@link io.bagpipe.model.engine.graph.Buffers} for each plan, which {@code bind}s a {@link
 *       io.bagpipe.model.engine.graph.Kernel} to them; a {@code KernelVertex} a kernel; the graph.
 * </ol>
 *
 * <p>Owners: the graph owns every array that a {@code Buffers} names, the engine velocities and the
 * summed gradient, {@code Kernels} whatever its kernels took besides. Closing goes kernels, graph,
 * engine. Deeplearning4j owns nothing but its vertices: it says when a kernel runs, and adds
 * gradients of one result. Threads: the training thread, only.
 */
@NullMarked
package io.bagpipe.model.engine.graph;

import org.jspecify.annotations.NullMarked;
