package io.bagpipe.model.index;

import org.bytedeco.dnnl.global.dnnl;

/** How the window is scanned; the result is the same, the speed is not. */
public enum ScanType {
  /** bfloat16 halves through the processor's bfloat16 products (AMX, AVX-512 BF16). */
  BFLOAT16,
  /** float32 values as they are. */
  FLOAT32;

  /** Scores of one block that stay in a second-level cache: rows times 64 queries. */
  private static final int BLOCK_ROWS = 4096;

  /** The faster one here. */
  static ScanType ofThisMachine() {
    int isa = dnnl.dnnl_get_effective_cpu_isa();
    int bfloat16 = dnnl.dnnl_cpu_isa_avx512_core_bf16;
    return (isa & bfloat16) == bfloat16 ? BFLOAT16 : FLOAT32;
  }

  int blockRows(int dimension) {
    return BLOCK_ROWS;
  }

  VectorRows rows(int slots, int dimension, int blockRows) {
    return this == BFLOAT16
        ? new SplitRows(slots, dimension, blockRows)
        : new PlainRows(slots, dimension, blockRows);
  }
}
