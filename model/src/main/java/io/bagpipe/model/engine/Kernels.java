package io.bagpipe.model.engine;

import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.Linear;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The seam between the student and what computes it: oneDNN on a CPU, ND4J's own operations
 * anywhere else. Owns all that its kernels allocate. Confined to the training thread.
 */
interface Kernels extends AutoCloseable {
  /** For people: the library and its version. */
  String description();

  Kernel convolution(Convolution operation, Shape in, Shape out, boolean inputGradient);

  Kernel batchNorm(BatchNorm operation, Shape shape, boolean relu);

  Kernel activation(Activation.Function function, Shape shape);

  Kernel add(Shape shape, boolean relu);

  Kernel scaleChannels(Shape shape);

  Kernel maxPool(MaxPool operation, Shape in, Shape out);

  Kernel globalAveragePool(Shape in);

  Kernel linear(Linear operation);

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
