package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN's CPU engine, and the owner of everything made with it: native objects are closed with
 * this, not by the collector. Confined to the training thread.
 */
final class OneDnn implements AutoCloseable {
  private final List<Pointer> owned = new ArrayList<>();
  private final StepProfile profile;
  private final engine cpu;
  private final stream queue;

  OneDnn(StepProfile profile) {
    this.profile = profile;
    this.cpu = own(new engine(engine.kind.cpu, 0));
    this.queue = own(new stream(cpu));
  }

  engine engine() {
    return cpu;
  }

  <T extends Pointer> T own(T pointer) {
    owned.add(pointer);
    return pointer;
  }

  /** Dimensions are given as n, c, h, w whatever the tag says of their place in memory. */
  memory.desc desc(memory.format_tag tag, long... dimensions) {
    return own(new memory.desc(dimensions, memory.data_type.f32, tag));
  }

  /** The same, by the distance in values between neighbours in each dimension. */
  memory.desc strided(long[] dimensions, long[] strides) {
    return own(new memory.desc(dimensions, memory.data_type.f32, strides));
  }

  memory on(memory.desc layout, INDArray array) {
    return at(layout, address(array));
  }

  /** Memory that somebody else owns. */
  memory at(memory.desc layout, long address) {
    return own(new memory(layout, cpu, new Address(address)));
  }

  /** Memory of the library's own, for instance a layout that only it knows. */
  memory allocate(memory.desc layout) {
    return own(new memory(layout, cpu));
  }

  /** Memory of the library's own that holds these values, row major. */
  memory constant(float[] values, long... extents) {
    long[] strides = new long[extents.length];
    long stride = 1;
    for (int i = extents.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= extents[i];
    }
    memory place = allocate(strided(extents, strides));
    new FloatPointer(place.get_data_handle()).capacity(values.length).put(values);
    return place;
  }

  /**
   * Products of matrices, the leading dimensions a batch; where the first has 1 there, it serves
   * them all.
   *
   * @param adds whether to what the result holds, instead of replacing it
   */
  matmul product(memory.desc first, memory.desc second, memory.desc result, boolean adds) {
    primitive_attr attributes = attributes();
    if (adds) {
      post_ops then = own(new post_ops());
      then.append_sum();
      attributes.set_post_ops(then);
    }
    return own(
        new matmul(own(new matmul.primitive_desc(cpu, first, second, result, attributes, false))));
  }

  Step productStep(
      String kind, double flops, matmul work, memory first, memory second, memory result) {
    return new Step(kind, flops, work)
        .with(DNNL_ARG_SRC, first)
        .with(DNNL_ARG_WEIGHTS, second)
        .with(DNNL_ARG_DST, result);
  }

  /** Attributes that ask for the same bits from the same input. */
  primitive_attr attributes() {
    primitive_attr attributes = own(new primitive_attr());
    attributes.set_deterministic(true);
    return attributes;
  }

  Step step(String kind, double flops, primitive work) {
    return new Step(kind, flops, own(work));
  }

  /** A copy between two layouts. */
  Step reorder(memory from, memory to) {
    Step step = step("reorder", 0, new org.bytedeco.dnnl.reorder(from, to));
    return step.with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to);
  }

  /** Copies now, between two layouts. */
  void copy(memory from, memory to) {
    try (org.bytedeco.dnnl.reorder work = new org.bytedeco.dnnl.reorder(from, to)) {
      work.execute(queue, from, to);
      queue._wait();
    }
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      owned.get(i).close();
    }
    owned.clear();
  }

  /** A primitive with its arguments, made once and run often. */
  final class Step {
    private final String kind;
    private final double flops;
    private final primitive work;
    private final IntMemoryMap arguments = own(new IntMemoryMap());
    private final Runnable run = this::execute;

    private Step(String kind, double flops, primitive work) {
      this.kind = kind;
      this.flops = flops;
      this.work = work;
    }

    Step with(int argument, memory value) {
      arguments.put(argument, value);
      return this;
    }

    void run() {
      profile.time(kind, flops, run);
    }

    private void execute() {
      work.execute(queue, arguments);
      queue._wait();
    }
  }

  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }

  /** The first value of an array in C order; a view's buffer says where the whole begins. */
  static long address(INDArray array) {
    return array.data().address() + Float.BYTES * array.offset();
  }

  static FloatPointer floats(INDArray array) {
    return new FloatPointer(new Address(address(array))).capacity(array.length());
  }
}
