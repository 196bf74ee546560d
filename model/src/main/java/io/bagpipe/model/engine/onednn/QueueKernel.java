package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What an objective needs of the queue, for one batch size and temperature: with s the unit student
 * vectors [batch, dimension] and n_j the queue's rows, the sums Σ_j e_j and Σ_j e_j n_j of e_j =
 * exp((s·n_j - 1)/T). Unit vectors bound s·n_j by 1, so the shift by 1/T takes the place of a
 * maximum. The queue is taken in blocks that stay in the cache: product and exponential in one
 * oneDNN primitive, the sums in two more. The first product has the queue on the left, [rows,
 * dimension]·[dimension, batch], so that what oneDNN has to lay out anew is the few students, not
 * the queue. Confined to the training thread.
 */
final class QueueKernel implements AutoCloseable {
  /**
   * Queue rows a block: 2 MB at 128 dimensions, and 1 MB of products for 64 students. Idle cores
   * are as fast with 1,024 rows as with 16,384; on busy ones every block costs three barriers.
   */
  private static final int BLOCK = 4096;

  private final int batch;
  private final int dimension;
  private final OneDnn oneDnn = new OneDnn();
  private final memory studentColumns;
  private final memory sums;
  private final memory vectors;
  private final FloatPointer studentValues;
  private final FloatPointer sumValues;
  private final FloatPointer vectorValues;
  private final List<Step> steps = new ArrayList<>();

  QueueKernel(OneDnnNegativeQueue queue, int batch, float temperature) {
    this.batch = batch;
    this.dimension = queue.dimension();
    memory students = matrix(batch, dimension);
    this.studentColumns =
        oneDnn.at(oneDnn.desc(memory.format_tag.ba, dimension, batch), students.get_data_handle());
    this.sums = matrix(1, batch);
    this.vectors = matrix(batch, dimension);
    this.studentValues = values(students, (long) batch * dimension);
    this.sumValues = values(sums, batch);
    this.vectorValues = values(vectors, (long) batch * dimension);

    int whole = queue.capacity() / BLOCK;
    if (whole > 0) {
      Products products = new Products(BLOCK, temperature);
      for (int i = 0; i < whole; i++) {
        products.addSteps(queue, i * BLOCK);
      }
    }
    int rest = queue.capacity() % BLOCK;
    if (rest > 0) {
      new Products(rest, temperature).addSteps(queue, whole * BLOCK);
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
    steps.forEach(Step::submit);
    oneDnn.finish();
    float[] sum = new float[batch];
    float[] vector = new float[batch * dimension];
    sumValues.get(sum);
    vectorValues.get(vector);
    return new Attention(sum, vector);
  }

  private memory matrix(int rows, int columns) {
    return oneDnn.allocate(rowMajor(rows, columns));
  }

  private static FloatPointer values(memory of, long count) {
    return new FloatPointer(of.get_data_handle()).capacity(count);
  }

  private memory.desc rowMajor(int rows, int columns) {
    return oneDnn.desc(memory.format_tag.ab, rows, columns);
  }

  private post_ops operations() {
    return oneDnn.own(new post_ops());
  }

  /** The three products for blocks of one size, and the block's exponentials between them. */
  private final class Products {
    private final memory.desc queueRows;
    private final memory exponentials; // [rows, batch]
    private final memory transposed; // the same, [batch, rows]
    private final memory ones;
    private final matmul exponentiate;
    private final matmul gather;
    private final matmul total;

    Products(int rows, float temperature) {
      this.queueRows = rowMajor(rows, dimension);
      this.exponentials = matrix(rows, batch);
      memory.desc columns = oneDnn.desc(memory.format_tag.ba, batch, rows);
      this.transposed = oneDnn.at(columns, exponentials.get_data_handle());
      this.ones = matrix(1, rows);
      float[] one = new float[rows];
      Arrays.fill(one, 1);
      values(ones, rows).put(one);

      post_ops shiftAndExp = operations();
      shiftAndExp.append_eltwise(algorithm.eltwise_linear, 1 / temperature, -1 / temperature);
      shiftAndExp.append_eltwise(algorithm.eltwise_exp, 0, 0);
      post_ops accumulate = operations();
      accumulate.append_sum();

      memory.desc products = rowMajor(rows, batch);
      memory.desc students = oneDnn.desc(memory.format_tag.ba, dimension, batch);
      this.exponentiate = product(queueRows, students, products, shiftAndExp);
      this.gather = product(columns, queueRows, rowMajor(batch, dimension), accumulate);
      this.total = product(rowMajor(1, rows), products, rowMajor(1, batch), accumulate);
    }

    private matmul product(
        memory.desc left, memory.desc right, memory.desc result, post_ops operations) {
      primitive_attr attributes = oneDnn.attributes();
      attributes.set_post_ops(operations);
      return oneDnn.own(
          new matmul(
              oneDnn.own(
                  new matmul.primitive_desc(
                      oneDnn.engine(), left, right, result, attributes, false))));
    }

    /** The work on the block of the queue that begins at this row. */
    void addSteps(OneDnnNegativeQueue queue, int row) {
      memory block = oneDnn.at(queueRows, queue.address(row));
      steps.add(step(exponentiate, block, studentColumns, exponentials));
      steps.add(step(total, ones, exponentials, sums));
      steps.add(step(gather, transposed, block, vectors));
    }

    private Step step(matmul work, memory left, memory right, memory result) {
      return oneDnn.productStep("negatives", 0, work, left, right, result);
    }
  }

  @Override
  public void close() {
    oneDnn.close();
  }
}
