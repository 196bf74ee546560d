package io.bagpipe.model.index;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;

import io.bagpipe.model.nativelib.OneDnn;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Approximate scores of one block of rows against some queries at once, by oneDNN: a matrix product
 * of the rows where they lie, then the maximum over every group of {@link #GROUP} rows, so that few
 * scores ever need to be read one by one. Confined to one thread; whoever makes it closes it.
 */
final class BlockScorer implements AutoCloseable {
  /** Rows whose best score is kept together. */
  static final int GROUP = 32;

  private final OneDnn oneDnn = new OneDnn();
  private final VectorRows vectors;
  private final int columns;
  private final OneDnn.Step pack;
  private final OneDnn.Step product;
  private final OneDnn.Step maximum;
  private final memory block;
  private final BytePointer queries;
  private final FloatPointer maximaMemory;
  private final FloatBuffer scores;
  private final float[] maxima;

  /**
   * @param rows rows of a block, a multiple of {@link #GROUP}
   * @param columns most queries at once
   */
  BlockScorer(VectorRows vectors, int dimension, int rows, int columns) {
    this.vectors = vectors;
    this.columns = columns;
    int groups = rows / GROUP;
    queries = oneDnn.own(new BytePointer((long) columns * dimension * Float.BYTES));
    Pointer.memset(queries, 0, queries.capacity());
    FloatPointer scoresMemory = oneDnn.own(new FloatPointer((long) rows * columns));
    scores = scoresMemory.asByteBuffer().asFloatBuffer();
    maximaMemory = oneDnn.own(new FloatPointer((long) groups * columns));
    maxima = new float[groups * columns];

    memory.data_type type = vectors.scannedType();
    long[] queriesShape = {dimension, columns};
    memory.desc blockDesc = oneDnn.desc(type, memory.format_tag.ab, rows, dimension);
    memory.desc scoresDesc = oneDnn.desc(memory.format_tag.ab, rows, columns);
    matmul.primitive_desc productDesc =
        oneDnn.own(
            new matmul.primitive_desc(
                oneDnn.engine(),
                blockDesc,
                oneDnn.desc(type, memory.format_tag.any, queriesShape),
                scoresDesc));
    memory packed = oneDnn.allocate(oneDnn.own(productDesc.weights_desc()));
    memory plain = oneDnn.at(oneDnn.desc(type, memory.format_tag.ba, queriesShape), queries);
    pack = oneDnn.reorder(plain, packed);
    block = oneDnn.at(blockDesc, queries); // set before each use
    product =
        oneDnn
            .step("scores", 0, new matmul(productDesc))
            .with(DNNL_ARG_SRC, block)
            .with(DNNL_ARG_WEIGHTS, packed)
            .with(DNNL_ARG_DST, oneDnn.at(scoresDesc, scoresMemory));

    // groups of consecutive rows: a pooling window down an "image" of one column, a query a channel
    memory.desc fromDesc = oneDnn.desc(memory.format_tag.nhwc, 1, columns, rows, 1);
    memory.desc toDesc = oneDnn.desc(memory.format_tag.nhwc, 1, columns, groups, 1);
    long[] kernel = {GROUP, 1};
    long[] none = {0, 0};
    pooling_forward.primitive_desc maximumDesc =
        oneDnn.own(
            new pooling_forward.primitive_desc(
                oneDnn.engine(),
                dnnl_forward_inference,
                dnnl_pooling_max,
                fromDesc,
                toDesc,
                kernel,
                kernel,
                none,
                none,
                none));
    maximum =
        oneDnn
            .step("maxima", 0, new pooling_forward(maximumDesc))
            .with(DNNL_ARG_SRC, oneDnn.at(fromDesc, scoresMemory))
            .with(DNNL_ARG_DST, oneDnn.at(toDesc, maximaMemory));
  }

  int columns() {
    return columns;
  }

  /**
   * Takes the queries of the next blocks, at most {@link #columns}; old ones linger beyond them.
   */
  void load(float[][] vectorsToFind, int from, int count) {
    for (int i = 0; i < count; i++) {
      vectors.round(vectorsToFind[from + i], queries, i);
    }
    pack.submit();
  }

  /** Scores the block of rows that begins here. */
  void score(long firstRow) {
    block.set_data_handle(vectors.scanned(firstRow));
    product.submit();
    maximum.submit();
    oneDnn.finish();
    maximaMemory.get(maxima);
  }

  /** The best scores of the last block: [rows / GROUP, columns]; reused by the next. */
  float[] maxima() {
    return maxima;
  }

  /** One score of the last block. */
  float score(int row, int column) {
    return scores.get(row * columns + column);
  }

  @Override
  public void close() {
    oneDnn.close();
  }
}
