package io.bagpipe.model.index;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
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

  private final Deque<Pointer> owned = new ArrayDeque<>();
  private final VectorRows vectors;
  private final int columns;
  private final stream work;
  private final matmul product;
  private final pooling_forward maximum;
  private final reorder pack;
  private final memory block;
  private final memory packed;
  private final memory plain;
  private final IntMemoryMap productArguments;
  private final IntMemoryMap maximumArguments;
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
    engine cpu = own(new engine(engine.kind.cpu, 0));
    work = own(new stream(cpu));
    queries = own(new BytePointer((long) columns * dimension * Float.BYTES));
    Pointer.memset(queries, 0, queries.capacity());
    FloatPointer scoresMemory = own(new FloatPointer((long) rows * columns));
    scores = scoresMemory.asByteBuffer().asFloatBuffer();
    maximaMemory = own(new FloatPointer((long) groups * columns));
    maxima = new float[groups * columns];

    memory.data_type type = vectors.scannedType();
    memory.data_type f32 = memory.data_type.f32;
    long[] queriesShape = {dimension, columns};
    memory.desc blockDesc = desc(type, memory.format_tag.ab, rows, dimension);
    memory.desc scoresDesc = desc(f32, memory.format_tag.ab, rows, columns);
    matmul.primitive_desc productDesc =
        own(
            new matmul.primitive_desc(
                cpu, blockDesc, desc(type, memory.format_tag.any, queriesShape), scoresDesc));
    product = own(new matmul(productDesc));
    packed = own(new memory(own(productDesc.weights_desc()), cpu));
    plain = own(new memory(desc(type, memory.format_tag.ba, queriesShape), cpu, queries));
    pack = own(new reorder(plain, packed));
    block = own(new memory(blockDesc, cpu, queries)); // set before each use
    productArguments = own(new IntMemoryMap());
    productArguments.put(DNNL_ARG_SRC, block).put(DNNL_ARG_WEIGHTS, packed);
    productArguments.put(DNNL_ARG_DST, own(new memory(scoresDesc, cpu, scoresMemory)));

    // groups of consecutive rows: a pooling window down an "image" of one column, a query a channel
    memory.desc fromDesc = desc(f32, memory.format_tag.nhwc, 1, columns, rows, 1);
    memory.desc toDesc = desc(f32, memory.format_tag.nhwc, 1, columns, groups, 1);
    long[] kernel = {GROUP, 1};
    long[] none = {0, 0};
    int inference = dnnl_forward_inference;
    maximum =
        own(
            new pooling_forward(
                own(
                    new pooling_forward.primitive_desc(
                        cpu,
                        inference,
                        dnnl_pooling_max,
                        fromDesc,
                        toDesc,
                        kernel,
                        kernel,
                        none,
                        none,
                        none))));
    maximumArguments = own(new IntMemoryMap());
    maximumArguments.put(DNNL_ARG_SRC, own(new memory(fromDesc, cpu, scoresMemory)));
    maximumArguments.put(DNNL_ARG_DST, own(new memory(toDesc, cpu, maximaMemory)));
  }

  private <P extends Pointer> P own(P pointer) {
    owned.push(pointer);
    return pointer;
  }

  private memory.desc desc(memory.data_type type, memory.format_tag tag, long... shape) {
    return own(new memory.desc(shape, type, tag));
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
    pack.execute(work, plain, packed);
  }

  /** Scores the block of rows that begins here. */
  void score(long firstRow) {
    block.set_data_handle(vectors.scanned(firstRow));
    product.execute(work, productArguments);
    maximum.execute(work, maximumArguments);
    work._wait();
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
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
