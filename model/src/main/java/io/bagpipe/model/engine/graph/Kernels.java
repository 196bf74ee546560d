package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.Linear;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The seam between the student and what computes it: oneDNN on a CPU, ND4J's own operations
 * anywhere else. Makes plans, which make kernels, and owns all native memory that they take.
 * Confined to the training thread.
 */
public interface Kernels extends AutoCloseable {
  /** For people: the library and its version. */
  String description();

  KernelPlan convolution(Convolution operation, Shape in, Shape out, boolean inputGradient);

  KernelPlan batchNorm(BatchNorm operation, Shape shape, boolean relu);

  KernelPlan activation(Activation.Function function, Shape shape);

  KernelPlan add(Shape shape, boolean relu);

  KernelPlan scaleChannels(Shape shape);

  KernelPlan maxPool(MaxPool operation, Shape in, Shape out);

  KernelPlan globalAveragePool(Shape in);

  KernelPlan linear(Linear operation);

  /** A queue of negatives where these kernels compute; the caller's to close. */
  NegativeQueue negatives(int capacity, int dimension, long seed);

  /** SGD on whole flat vectors of this size. */
  Sgd sgd(INDArray parameters, INDArray gradients, INDArray velocities);

  /** Copies {@code count} values into an array, from its start. */
  void write(float[] values, int from, int count, INDArray array);

  /** Copies {@code count} values from an array's start. */
  void read(INDArray array, float[] values, int from, int count);

  /** An array as what the outside may see and write. */
  FlatVector flat(INDArray array);

  /** The optimiser, as PyTorch's SGD without dampening and not Nesterov's. */
  interface Sgd {
    /** Moves velocities, then parameters. */
    void step(float rate, float momentum, float weightDecay);
  }

  @Override
  void close();
}
