package io.bagpipe.model.nativelib;

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

/**
 * oneDNN's CPU engine with one stream, and the owner of everything made with it: native objects are
 * closed with this, last first, not by the collector. Confined to one thread, as are the steps that
 * it makes; whoever makes it closes it there, and no step runs after that.
 */
public final class OneDnn implements AutoCloseable {
  /** Does not count. */
  public static final Meter NO_METER = (kind, flops, work) -> work.run();

  private final List<Pointer> owned = new ArrayList<>();
  private final Meter meter;
  private final engine cpu;
  private final stream queue;

  /** Who counts the time of steps. */
  @FunctionalInterface
  public interface Meter {
    /**
     * Does the work, and may count it.
     *
     * @param flops multiplications and additions; 0 where they are not counted
     */
    void time(String kind, double flops, Runnable work);
  }

  public OneDnn() {
    this(NO_METER);
  }

  public OneDnn(Meter meter) {
    this.meter = meter;
    this.cpu = own(new engine(engine.kind.cpu, 0));
    this.queue = own(new stream(cpu));
  }

  /** Closed with this. */
  public engine engine() {
    return cpu;
  }

  /** Takes ownership: the pointer lives until this is closed. */
  public <T extends Pointer> T own(T pointer) {
    owned.add(pointer);
    return pointer;
  }

  /**
   * A layout of float32. Dimensions are given as n, c, h, w whatever the tag says of their place in
   * memory.
   */
  public memory.desc desc(memory.format_tag tag, long... dimensions) {
    return desc(memory.data_type.f32, tag, dimensions);
  }

  /** The same for another type. */
  public memory.desc desc(memory.data_type type, memory.format_tag tag, long... dimensions) {
    return own(new memory.desc(dimensions, type, tag));
  }

  /** The same, by the distance in values between neighbours in each dimension. */
  public memory.desc strided(long[] dimensions, long[] strides) {
    return own(new memory.desc(dimensions, memory.data_type.f32, strides));
  }

  /** Memory that somebody else owns. */
  public memory at(memory.desc layout, long address) {
    return own(new memory(layout, cpu, new Address(address)));
  }

  /** The same. */
  public memory at(memory.desc layout, Pointer place) {
    return own(new memory(layout, cpu, place));
  }

  /** Memory of the library's own, for instance a layout that only it knows. */
  public memory allocate(memory.desc layout) {
    return own(new memory(layout, cpu));
  }

  /** Memory of the library's own that holds these values, row major. */
  public memory constant(float[] values, long... extents) {
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
  public matmul product(memory.desc first, memory.desc second, memory.desc result, boolean adds) {
    primitive_attr attributes = attributes();
    if (adds) {
      post_ops then = own(new post_ops());
      then.append_sum();
      attributes.set_post_ops(then);
    }
    return own(
        new matmul(own(new matmul.primitive_desc(cpu, first, second, result, attributes, false))));
  }

  /** A step of such a product. */
  public Step productStep(
      String kind, double flops, matmul work, memory first, memory second, memory result) {
    return new Step(kind, flops, work)
        .with(DNNL_ARG_SRC, first)
        .with(DNNL_ARG_WEIGHTS, second)
        .with(DNNL_ARG_DST, result);
  }

  /** Attributes that ask for the same bits from the same input. */
  public primitive_attr attributes() {
    primitive_attr attributes = own(new primitive_attr());
    attributes.set_deterministic(true);
    return attributes;
  }

  /**
   * A step without arguments yet.
   *
   * @param kind what it is counted as
   * @param flops multiplications and additions; 0 where they are not counted
   */
  public Step step(String kind, double flops, primitive work) {
    return new Step(kind, flops, own(work));
  }

  /** A copy between two layouts. */
  public Step reorder(memory from, memory to) {
    Step step = step("reorder", 0, new org.bytedeco.dnnl.reorder(from, to));
    return step.with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to);
  }

  /** Copies now, between two layouts. */
  public void copy(memory from, memory to) {
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

  /** Waits for all that was submitted. */
  public void finish() {
    queue._wait();
  }

  /** A primitive with its arguments, made once and run often. */
  public final class Step {
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

    /** Adds an argument, by oneDNN's number for it. */
    public Step with(int argument, memory value) {
      arguments.put(argument, value);
      return this;
    }

    /** Runs it, counted, and waits for it. */
    public void run() {
      meter.time(kind, flops, run);
    }

    /** Hands it to the stream, not counted; the results are there after {@link #finish}. */
    public void submit() {
      work.execute(queue, arguments);
    }

    private void execute() {
      submit();
      finish();
    }
  }

  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
