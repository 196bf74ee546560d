package io.bagpipe.model.bingo;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reduction;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What the loss needs of the queue, for one batch size: with s the unit student vectors [batch,
 * dimension] and n_j the queue's rows, the sums Σ_j e_j and Σ_j e_j n_j of e_j = exp((s·n_j -
 * 1)/T). Unit vectors bound s·n_j by 1, so the shift by 1/T takes the place of a maximum. The queue
 * is taken in blocks that stay in the cache: product and exponential in one oneDNN primitive, sum
 * and second product in two more. Confined to the training thread.
 */
final class QueueKernel implements AutoCloseable {
  /**
   * Queue rows a block: 4 MB at 128 dimensions, and 2 MB of products for 64 students. Idle cores
   * are as fast with 1,024 rows as with 65,536; on busy ones every block costs three barriers.
   */
  private static final int BLOCK = 8192;

  private final int batch;
  private final int dimension;
  private final NativeArena arena = new NativeArena();
  private final engine cpu;
  private final stream work;
  private final memory students;
  private final memory sums;
  private final memory vectors;
  private final FloatPointer studentValues;
  private final FloatPointer sumValues;
  private final FloatPointer vectorValues;
  private final List<Block> blocks = new ArrayList<>();

  QueueKernel(NegativeQueue queue, int batch, float temperature) {
    this.batch = batch;
    this.dimension = queue.dimension();
    this.cpu = arena.own(new engine(engine.kind.cpu, 0));
    this.work = arena.own(new stream(cpu));
    this.students = matrix(batch, dimension);
    this.sums = matrix(batch, 1);
    this.vectors = matrix(batch, dimension);
    this.studentValues = values(students, (long) batch * dimension);
    this.sumValues = values(sums, batch);
    this.vectorValues = values(vectors, (long) batch * dimension);

    // oneDNN sums over no single row, so the last block takes such a rest in
    int rest = queue.capacity() % BLOCK;
    int last = rest == 0 ? BLOCK : rest == 1 ? BLOCK + 1 : rest;
    int whole = (queue.capacity() - last) / BLOCK;
    if (whole > 0) {
      Step step = new Step(BLOCK, temperature);
      for (int i = 0; i < whole; i++) {
        blocks.add(new Block(step, queue, i * BLOCK));
      }
    }
    blocks.add(new Block(new Step(last, temperature), queue, whole * BLOCK));
  }

  int batch() {
    return batch;
  }

  /**
   * Runs over the whole queue.
   *
   * @param unit [batch, dimension] unit rows
   * @param sum [batch], receives Σ_j e_j
   * @param vector [batch, dimension], receives Σ_j e_j n_j
   */
  void run(float[] unit, float[] sum, float[] vector) {
    studentValues.put(unit, 0, batch * dimension);
    sumValues.zero();
    vectorValues.zero();
    for (Block block : blocks) {
      block.execute();
    }
    work._wait();
    sumValues.get(sum, 0, batch);
    vectorValues.get(vector, 0, batch * dimension);
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
    private final memory exponentials;
    private final matmul exponentiate;
    private final matmul gather;
    private final reduction total;

    Step(int rows, float temperature) {
      this.rows = rows;
      this.exponentials = matrix(batch, rows);

      post_ops shiftAndExp = arena.own(new post_ops());
      shiftAndExp.append_eltwise(algorithm.eltwise_linear, 1 / temperature, -1 / temperature);
      shiftAndExp.append_eltwise(algorithm.eltwise_exp, 0, 0);
      post_ops accumulate = arena.own(new post_ops());
      accumulate.append_sum();

      memory.desc products = rowMajor(batch, rows);
      this.exponentiate =
          arena.own(
              new matmul(
                  arena.own(
                      new matmul.primitive_desc(
                          cpu,
                          rowMajor(batch, dimension),
                          desc(dimension, rows, memory.format_tag.ba),
                          products,
                          attributes(shiftAndExp),
                          false))));
      this.gather =
          arena.own(
              new matmul(
                  arena.own(
                      new matmul.primitive_desc(
                          cpu,
                          products,
                          rowMajor(rows, dimension),
                          rowMajor(batch, dimension),
                          attributes(accumulate),
                          false))));
      this.total =
          arena.own(
              new reduction(
                  arena.own(
                      new reduction.primitive_desc(
                          cpu,
                          algorithm.reduction_sum,
                          products,
                          rowMajor(batch, 1),
                          0,
                          0,
                          attributes(accumulate),
                          false))));
    }
  }

  /** One block of the queue, its arguments bound once. */
  private final class Block {
    private final Step step;
    private final IntMemoryMap exponentiate = arena.own(new IntMemoryMap());
    private final IntMemoryMap gather = arena.own(new IntMemoryMap());
    private final IntMemoryMap total = arena.own(new IntMemoryMap());

    Block(Step step, NegativeQueue queue, int row) {
      this.step = step;
      memory transposed =
          arena.own(
              new memory(
                  desc(dimension, step.rows, memory.format_tag.ba), cpu, queue.address(row)));
      memory plain = arena.own(new memory(rowMajor(step.rows, dimension), cpu, queue.address(row)));
      exponentiate
          .put(DNNL_ARG_SRC, students)
          .put(DNNL_ARG_WEIGHTS, transposed)
          .put(DNNL_ARG_DST, step.exponentials);
      total.put(DNNL_ARG_SRC, step.exponentials).put(DNNL_ARG_DST, sums);
      gather
          .put(DNNL_ARG_SRC, step.exponentials)
          .put(DNNL_ARG_WEIGHTS, plain)
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
