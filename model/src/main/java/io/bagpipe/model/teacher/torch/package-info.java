/**
 * A teacher's ONNX file in libtorch's operations, on CPUs and NVIDIA GPUs.
 *
 * <p>Read first {@code TorchTeacher}. {@code GraphCompiler} walks the file's nodes once, with a
 * chunk of images of the size that the teacher will always be given: what depends on constants and
 * shapes alone it computes there and then, and of the rest it keeps one {@code Operation} a result.
 * {@code TorchGraph} runs those. How an operator becomes an operation say {@code ImageOperators},
 * {@code MatrixOperators}, {@code PointwiseOperators} and {@code ShapeOperators}; {@code Site} is
 * what they know of the node in hand.
 *
 * <p>Precision: in {@code bf16}, convolutions and matrix products take and give bfloat16, their
 * weights included; what sums over many values or bends sharply computes in float32; everything
 * else takes what it is given, so that a residual stream that began in float32 stays there.
 *
 * <p>Owners: constants of operations belong to the graph, a pass's values to the pass, all else to
 * the scope of one step. Threads: the teacher's own.
 */
@NullMarked
package io.bagpipe.model.teacher.torch;

import org.jspecify.annotations.NullMarked;
