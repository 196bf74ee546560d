package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.HostVector;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.Kernels;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.Linear;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN primitives in place on ND4J's buffers. Primitives are made once a shape; activations stay
 * NHWC, weights in the layout in which oneDNN writes their gradients.
 */
public final class OneDnnKernels implements Kernels {
  private final OneDnn oneDnn;
  private final Scratch scratch;
  private final int batch;

  /** For passes of so many images. */
  public OneDnnKernels(int batch, StepProfile profile) {
    this.batch = batch;
    this.oneDnn = new OneDnn(profile);
    this.scratch = new Scratch(oneDnn);
  }

  @Override
  public String description() {
    dnnl_version_t version = dnnl.dnnl_version();
    return "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public KernelPlan convolution(Convolution operation, Shape in, Shape out, boolean inputGradient) {
    return OneDnnWinograd.pays(operation, in, batch)
        ? new OneDnnWinograd(oneDnn, scratch, batch, operation, in, inputGradient)
        : new OneDnnConvolution(oneDnn, batch, operation, in, out, inputGradient);
  }

  @Override
  public KernelPlan batchNorm(BatchNorm operation, Shape shape, boolean relu) {
    return new OneDnnBatchNorm(oneDnn, batch, operation, shape, relu);
  }

  @Override
  public KernelPlan activation(Activation.Function function, Shape shape) {
    return new OneDnnActivation(oneDnn, batch, function, shape);
  }

  @Override
  public KernelPlan add(Shape shape, boolean relu) {
    return new OneDnnAdd(oneDnn, batch, shape, relu);
  }

  @Override
  public KernelPlan scaleChannels(Shape shape) {
    return new OneDnnScaleChannels(oneDnn, batch, shape);
  }

  @Override
  public KernelPlan maxPool(MaxPool operation, Shape in, Shape out) {
    return OneDnnPool.max(oneDnn, batch, operation, in, out);
  }

  @Override
  public KernelPlan globalAveragePool(Shape in) {
    return OneDnnPool.globalAverage(oneDnn, batch, in);
  }

  @Override
  public KernelPlan linear(Linear operation) {
    return new OneDnnLinear(oneDnn, batch, operation);
  }

  @Override
  public Sgd sgd(INDArray parameters, INDArray gradients, INDArray velocities) {
    return new OneDnnSgd(oneDnn, parameters, gradients, velocities);
  }

  @Override
  public void write(float[] values, int from, int count, INDArray array) {
    HostArrays.floats(array).put(values, from, count);
  }

  @Override
  public void read(INDArray array, float[] values, int from, int count) {
    HostArrays.floats(array).get(values, from, count);
  }

  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return new OneDnnNegativeQueue(capacity, dimension, seed);
  }

  @Override
  public FlatVector flat(INDArray array) {
    return new HostVector(array);
  }

  @Override
  public void close() {
    oneDnn.close();
  }
}
