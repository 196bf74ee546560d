package io.bagpipe.model.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.bagpipe.model.engine.Attention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What the loss needs of the queue, for one batch size: with s the unit student vectors [batch,
 * dimension] and n_j the queue's rows, the sums Σ_j e_j and Σ_j e_j n_j of e_j = exp((s·n_j -
 * 1)/T). Unit vectors bound s·n_j by 1, so the shift by 1/T takes the place of a maximum. The queue
 * is taken in blocks that stay in the cache: product and exponential in one oneDNN primitive, the
 * sums in two more. The first product has the queue on the left, [rows, dimension]·[dimension,
 * batch], so that what oneDNN has to lay out anew is the few students, not the queue. Confined to
 * the training thread.
 */
final class QueueKernel implements AutoCloseable {
  /**
   * Queue rows a block: 2 MB at 128 dimensions, and 1 MB of products for 64 students. Idle cores
   * are as fast with 1,024 rows as with 16,384; on busy ones every block costs three barriers.
   */
  private static final int BLOCK = 4096;

  private final int batch;
  private final int dimension;
  private final NativeArena arena = new NativeArena();
  private final engine cpu;
  private final stream work;
  private final memory studentColumns;
  private final memory sums;
  private final memory vectors;
  private final FloatPointer studentValues;
  private final FloatPointer sumValues;
  private final FloatPointer vectorValues;
  private final List<Block> blocks = new ArrayList<>();

  QueueKernel(OneDnnNegativeQueue queue, int batch, float temperature) {
    this.batch = batch;
    this.dimension = queue.dimension();
    this.cpu = arena.own(new engine(engine.kind.cpu, 0));
    this.work = arena.own(new stream(cpu));
    memory students = matrix(batch, dimension);
    memory.desc columns = desc(dimension, batch, memory.format_tag.ba);
    this.studentColumns = arena.own(new memory(columns, cpu, students.get_data_handle()));
    this.sums = matrix(1, batch);
    this.vectors = matrix(batch, dimension);
    this.studentValues = values(students, (long) batch * dimension);
    this.sumValues = values(sums, batch);
    this.vectorValues = values(vectors, (long) batch * dimension);

    int whole = queue.capacity() / BLOCK;
    if (whole > 0) {
      Step step = new Step(BLOCK, temperature);
      for (int i = 0; i < whole; i++) {
        blocks.add(new Block(step, queue, i * BLOCK));
      }
    }
    int rest = queue.capacity() % BLOCK;
    if (rest > 0) {
      blocks.add(new Block(new Step(rest, temperature), queue, whole * BLOCK));
    }
  }

  /**
   * Runs over the whole queue.
   *
   * @param unit [batch, dimension] unit rows
   */
  Attention run(float[] unit) {
    studentValues.put(unit, 0, batch * dimension);
    sumValues.zero();
    vectorValues.zero();
    for (Block block : blocks) {
      block.execute();
    }
    work._wait();
    float[] sum = new float[batch];
    float[] vector = new float[batch * dimension];
    sumValues.get(sum);
    vectorValues.get(vector);
    return new Attention(sum, vector);
  }

  private memory matrix(int rows, int columns) {
    return arena.own(new memory(rowMajor(rows, columns), cpu));
  }

  private FloatPointer values(memory of, long count) {
    return new FloatPointer(of.get_data_handle()).capacity(count);
  }

  private memory.desc rowMajor(int rows, int columns) {
    return desc(rows, columns, memory.format_tag.ab);
  }

  private memory.desc desc(int rows, int columns, memory.format_tag tag) {
    return arena.own(new memory.desc(new long[] {rows, columns}, memory.data_type.f32, tag));
  }

  private primitive_attr attributes(post_ops operations) {
    primitive_attr attributes = arena.own(new primitive_attr());
    attributes.set_post_ops(operations);
    return attributes;
  }

  /** The three primitives for blocks of one size, and the block's exponentials between them. */
  private final class Step {
    private final int rows;
    private final memory exponentials; // [rows, batch]
    private final memory transposed; // the same, [batch, rows]
    private final memory ones;
    private final matmul exponentiate;
    private final matmul gather;
    private final matmul total;

    Step(int rows, float temperature) {
      this.rows = rows;
      this.exponentials = matrix(rows, batch);
      memory.desc columns = desc(batch, rows, memory.format_tag.ba);
      this.transposed = arena.own(new memory(columns, cpu, exponentials.get_data_handle()));
      this.ones = matrix(1, rows);
      float[] one = new float[rows];
      Arrays.fill(one, 1);
      values(ones, rows).put(one);

      post_ops shiftAndExp = arena.own(new post_ops());
      shiftAndExp.append_eltwise(algorithm.eltwise_linear, 1 / temperature, -1 / temperature);
      shiftAndExp.append_eltwise(algorithm.eltwise_exp, 0, 0);
      post_ops accumulate = arena.own(new post_ops());
      accumulate.append_sum();

      memory.desc queue = rowMajor(rows, dimension);
      memory.desc products = rowMajor(rows, batch);
      this.exponentiate =
          product(queue, desc(dimension, batch, memory.format_tag.ba), products, shiftAndExp);
      this.gather = product(columns, queue, rowMajor(batch, dimension), accumulate);
      this.total = product(rowMajor(1, rows), products, rowMajor(1, batch), accumulate);
    }

    private matmul product(
        memory.desc left, memory.desc right, memory.desc result, post_ops operations) {
      return arena.own(
          new matmul(
              arena.own(
                  new matmul.primitive_desc(
                      cpu, left, right, result, attributes(operations), false))));
    }
  }

  /** One block of the queue, its arguments bound once. */
  private final class Block {
    private final Step step;
    private final IntMemoryMap exponentiate = arena.own(new IntMemoryMap());
    private final IntMemoryMap gather = arena.own(new IntMemoryMap());
    private final IntMemoryMap total = arena.own(new IntMemoryMap());

    Block(Step step, OneDnnNegativeQueue queue, int row) {
      this.step = step;
      memory block = arena.own(new memory(rowMajor(step.rows, dimension), cpu, queue.address(row)));
      exponentiate
          .put(DNNL_ARG_SRC, block)
          .put(DNNL_ARG_WEIGHTS, studentColumns)
          .put(DNNL_ARG_DST, step.exponentials);
      total
          .put(DNNL_ARG_SRC, step.ones)
          .put(DNNL_ARG_WEIGHTS, step.exponentials)
          .put(DNNL_ARG_DST, sums);
      gather
          .put(DNNL_ARG_SRC, step.transposed)
          .put(DNNL_ARG_WEIGHTS, block)
          .put(DNNL_ARG_DST, vectors);
    }

    void execute() {
      step.exponentiate.execute(work, exponentiate);
      step.total.execute(work, total);
      step.gather.execute(work, gather);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
