/**
 * A student in libtorch's operations, through JavaCPP: engine {@code torch}, on CPUs and NVIDIA
 * GPUs. It needs neither ND4J nor Deeplearning4j.
 *
 * <p>Read first {@code TorchStudentEngine}. {@code TorchNetwork} walks a spec's nodes, one
 * operation of libtorch each; {@code FlatParameters} holds the state in flat vectors of which the
 * network's parameters are views; {@code PixelInput} brings pixels to the device, {@code
 * TorchNegativeQueue} keeps the negatives there. {@code TorchProvider} says whether it can run,
 * {@code TorchLibrary} loads it.
 *
 * <p>Owners: whatever lives longer than a pass is {@code keep}t by one of these and closed by it;
 * everything else belongs to the scope that {@code TorchDevice.scoped} opens for a pass and ends
 * with it, so that native memory stays as it is however many steps there are. Threads: the training
 * thread; libtorch has one of its own for a GPU's backward pass, and OpenMP's on a CPU.
 *
 * <p>libtorch's threads, its choice of algorithms and whether tf32 may be used hold for the whole
 * process; the engine made last sets them.
 */
@NullMarked
package io.bagpipe.model.engine.torch;

import org.jspecify.annotations.NullMarked;
