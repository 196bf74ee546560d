package io.bagpipe.model.engine;

import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.Linear;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's own operations, wherever its backend keeps the arrays: what a GPU takes. On a CPU it is
 * the slow and plain twin of {@link OneDnnKernels}; its steps make temporary arrays.
 */
final class Nd4jKernels implements Kernels {
  private final StepProfile profile;

  Nd4jKernels(StepProfile profile) {
    this.profile = profile;
  }

  @Override
  public String description() {
    return "ND4J " + Nd4j.getBackend().getClass().getSimpleName();
  }

  @Override
  public Kernel convolution(Convolution operation, Shape in, Shape out, boolean inputGradient) {
    return new Timed(new Nd4jConvolution(operation), "convolution", profile);
  }

  @Override
  public Kernel batchNorm(BatchNorm operation, Shape shape, boolean relu) {
    return new Timed(new Nd4jBatchNorm(operation, relu), "batch norm", profile);
  }

  @Override
  public Kernel activation(Activation.Function function, Shape shape) {
    return new Timed(new Nd4jActivation(function), "activation", profile);
  }

  @Override
  public Kernel add(Shape shape, boolean relu) {
    return new Timed(new Nd4jAdd(relu), "add", profile);
  }

  @Override
  public Kernel scaleChannels(Shape shape) {
    return new Timed(new Nd4jScaleChannels(), "scale channels", profile);
  }

  @Override
  public Kernel maxPool(MaxPool operation, Shape in, Shape out) {
    return new Timed(new Nd4jMaxPool(operation), "max pool", profile);
  }

  @Override
  public Kernel globalAveragePool(Shape in) {
    return new Timed(new Nd4jAveragePool(in), "average pool", profile);
  }

  @Override
  public Kernel linear(Linear operation) {
    return new Timed(new Nd4jLinear(operation), "linear", profile);
  }

  @Override
  public Sgd sgd(INDArray parameters, INDArray gradients, INDArray velocities) {
    return (rate, momentum, weightDecay) -> {
      velocities.muli(momentum).addi(gradients).addi(parameters.mul(weightDecay));
      parameters.subi(velocities.mul(rate));
    };
  }

  @Override
  public void write(float[] values, int from, int count, INDArray array) {
    copy(values, from, count, array);
  }

  @Override
  public void read(INDArray array, float[] values, int from, int count) {
    float[] copy = KernelVertex.part(array, 0, count).dup().toFloatVector();
    System.arraycopy(copy, 0, values, from, count);
  }

  static void copy(float[] values, int from, int count, INDArray array) {
    INDArray copy = Nd4j.createFromArray(Arrays.copyOfRange(values, from, from + count));
    KernelVertex.part(array, 0, count).assign(copy);
  }

  @Override
  public FlatVector flat(INDArray array) {
    return new HostVector(array);
  }

  @Override
  public void close() {} // what the kernels keep is the garbage collector's

  /** A parameter that lies as PyTorch has it, or with its axes in another order. */
  record Permuted(long[] shape, int[] order) implements StoredParameter {
    static Permuted plain(long... shape) {
      int[] order = new int[shape.length];
      Arrays.setAll(order, i -> i);
      return new Permuted(shape, order);
    }

    @Override
    public long size() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** The stored vector with its own axes. */
    INDArray shaped(INDArray stored) {
      long[] own = new long[shape.length];
      Arrays.setAll(own, i -> shape[order[i]]);
      return stored.reshape('c', own);
    }

    @Override
    public void store(float[] values, INDArray stored) {
      INDArray given = Nd4j.createFromArray(values).reshape('c', shape);
      shaped(stored).assign(given.permute(order));
    }

    @Override
    public float[] plain(INDArray stored) {
      int[] back = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        back[order[i]] = i;
      }
      return shaped(stored).permute(back).dup('c').reshape(size()).toFloatVector();
    }
  }
}
