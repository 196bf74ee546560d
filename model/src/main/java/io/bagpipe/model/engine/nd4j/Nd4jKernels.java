package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.HostVector;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.KernelPlan.InputGradient;
import io.bagpipe.model.engine.graph.Kernels;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.engine.graph.Timed;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.nativelib.NvidiaGpus;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.Linear;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's own operations, wherever its backend keeps the arrays: what a GPU takes. On a CPU it is
 * the slow and plain twin of {@code OneDnnKernels}; its steps make temporary arrays.
 */
public final class Nd4jKernels implements Kernels {
  private final StepProfile profile;
  private final List<INDArray> owned = new ArrayList<>();

  public Nd4jKernels(StepProfile profile) {
    this.profile = profile;
  }

  @Override
  public String description() {
    return "ND4J " + Nd4j.getBackend().getClass().getSimpleName();
  }

  private KernelPlan timed(String kind, Nd4jPlan plan) {
    return new Timed(plan, kind, profile);
  }

  /** An array for a kernel's own use. */
  private INDArray own(long... extents) {
    INDArray array = Nd4j.create(DataType.FLOAT, extents);
    owned.add(array);
    return array;
  }

  @Override
  public KernelPlan convolution(Convolution operation, Shape in, Shape out, boolean gradient) {
    Permuted weights = Nd4jConvolution.weights(operation);
    List<StoredParameter> parameters =
        operation.bias() ? List.of(weights, Permuted.plain(operation.out())) : List.of(weights);
    return timed(
        "convolution",
        new Nd4jPlan(
            parameters,
            InputGradient.FRESH,
            false,
            buffers -> {
              INDArray wanted = buffers.inputGradient();
              INDArray place = wanted == null ? own(buffers.input().shape()) : wanted;
              return new Nd4jConvolution(operation, weights, buffers, place);
            }));
  }

  @Override
  public KernelPlan batchNorm(BatchNorm operation, Shape shape, boolean relu) {
    int channels = operation.channels();
    return timed(
        "batch norm",
        new Nd4jPlan(
            List.of(Permuted.plain(channels), Permuted.plain(channels)),
            InputGradient.IN_PLACE,
            relu,
            buffers -> new Nd4jBatchNorm(operation, relu, buffers, own(channels), own(channels))));
  }

  @Override
  public KernelPlan activation(Activation.Function function, Shape shape) {
    return timed(
        "activation",
        new Nd4jPlan(
            List.of(),
            InputGradient.IN_PLACE,
            false,
            buffers -> new Nd4jActivation(function, buffers)));
  }

  @Override
  public KernelPlan add(Shape shape, boolean relu) {
    return timed(
        "add",
        new Nd4jPlan(
            List.of(),
            relu ? InputGradient.IN_PLACE : InputGradient.SAME,
            relu,
            buffers -> new Nd4jAdd(relu, buffers)));
  }

  @Override
  public KernelPlan scaleChannels(Shape shape) {
    return timed("scale channels", Nd4jPlan.plain(Nd4jScaleChannels::new));
  }

  @Override
  public KernelPlan maxPool(MaxPool operation, Shape in, Shape out) {
    return timed("max pool", Nd4jPlan.plain(buffers -> new Nd4jMaxPool(operation, buffers)));
  }

  @Override
  public KernelPlan globalAveragePool(Shape in) {
    return timed("average pool", Nd4jPlan.plain(buffers -> new Nd4jAveragePool(in, buffers)));
  }

  @Override
  public KernelPlan linear(Linear operation) {
    Permuted weights = Permuted.plain(operation.out(), operation.in());
    return timed(
        "linear",
        new Nd4jPlan(
            List.of(weights, Permuted.plain(operation.out())),
            InputGradient.FRESH,
            false,
            buffers -> new Nd4jLinear(weights, buffers)));
  }

  /** The host's: the queue does not yet lie where ND4J's CUDA arrays do. */
  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return new OneDnnNegativeQueue(capacity, dimension, seed);
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
    float[] copy = HostArrays.part(array, 0, count).dup().toFloatVector();
    System.arraycopy(copy, 0, values, from, count);
  }

  static void copy(float[] values, int from, int count, INDArray array) {
    INDArray copy = Nd4j.createFromArray(Arrays.copyOfRange(values, from, from + count));
    HostArrays.part(array, 0, count).assign(copy);
  }

  @Override
  public FlatVector flat(INDArray array) {
    if (NvidiaGpus.isCudaBuild()) {
      throw new UnsupportedOperationException("ND4J's CUDA arrays are not to be had in place");
    }
    return new HostVector(array);
  }

  /** What is closed with these; a copy. */
  List<INDArray> owned() {
    return List.copyOf(owned);
  }

  @Override
  public void close() {
    owned.forEach(INDArray::close);
    owned.clear();
  }
}
