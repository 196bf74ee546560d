package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.WinogradMatrices.INPUTS;
import static io.bagpipe.model.engine.onednn.WinogradMatrices.OUTPUTS;

import io.bagpipe.model.engine.onednn.WinogradTiles.Band;
import io.bagpipe.model.nativelib.OneDnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;

/**
 * A linear map between images and their tiles, the same for every tile and channel, one dimension
 * after the other. Each is a product with a matrix that holds the tile's map for every tile of a
 * band, padding and rims included by what it leaves out: NHWC keeps a row's pixels, and a column's
 * rows, equally spaced, so that nothing is copied to be multiplied.
 */
final class WinogradTransform {

  /** Which way, and by what. */
  enum Linear {
    /** Bᵀ of 6×6 overlapping inputs, padded by one: images to tiles. */
    INPUT(INPUTS, -1, false),
    /** A of 4×4 outputs, for the weights' gradient: images to tiles. */
    OUTPUT_GRADIENT(OUTPUTS, 0, false),
    /** Aᵀ: tiles to images. */
    OUTPUT(OUTPUTS, 0, true);

    private final int pixels;
    private final int offset;
    private final boolean toImages;

    Linear(int pixels, int offset, boolean toImages) {
      this.pixels = pixels;
      this.offset = offset;
      this.toImages = toImages;
    }

    /**
     * [6, pixels]: what a tile's pixels have in each of its transformed values, or these in them.
     */
    private double[][] tile() {
      return switch (this) {
        case INPUT -> WinogradMatrices.input();
        case OUTPUT_GRADIENT, OUTPUT -> WinogradMatrices.transposed(WinogradMatrices.output());
      };
    }

    private int first(Band band) {
      return Math.max(0, OUTPUTS * band.from() + offset);
    }

    private int end(Band band, int extent) {
      return Math.min(extent, OUTPUTS * (band.to() - 1) + offset + pixels);
    }

    /**
     * The matrix of one band.
     *
     * @param tileMajor whether its transformed values go by tile first, or by the six
     * @return [transformed, pixels] row major, transposed for the way to the images
     */
    private float[] matrix(Band band, int extent, boolean tileMajor) {
      int from = first(band);
      int covered = end(band, extent) - from;
      double[][] tile = tile();
      float[] matrix = new float[band.rows() * covered];
      for (int t = 0; t < band.tiles(); t++) {
        for (int six = 0; six < INPUTS; six++) {
          int row = tileMajor ? t * INPUTS + six : six * band.tiles() + t;
          for (int j = 0; j < pixels; j++) {
            int pixel = OUTPUTS * (band.from() + t) + offset + j - from;
            if (pixel >= 0 && pixel < covered) {
              matrix[toImages ? pixel * band.rows() + row : row * covered + pixel] =
                  (float) tile[six][j];
            }
          }
        }
      }
      return matrix;
    }
  }

  /** One product: its matrix, and where in the buffers its operand and result begin. */
  private record Product(
      matmul work,
      memory matrix,
      memory.desc operand,
      long operandFrom,
      memory.desc result,
      long resultFrom) {}

  private final OneDnn oneDnn;
  private final String kind;
  private final Linear map;
  private final WinogradTiles tiles;
  private final long channels;
  private final List<Product> rows = new ArrayList<>();
  private final List<Product> columns = new ArrayList<>();

  WinogradTransform(OneDnn oneDnn, String kind, Linear map, WinogradTiles tiles, int channels) {
    this.oneDnn = oneDnn;
    this.kind = kind;
    this.map = map;
    this.tiles = tiles;
    this.channels = channels;
    if (tiles.isSingle()) {
      rows.add(wholeProduct());
      return;
    }
    for (Band down : WinogradTiles.bands(tiles.height())) {
      rows.add(rowProduct(down));
      for (Band across : WinogradTiles.bands(tiles.width())) {
        columns.add(columnProduct(down, across));
      }
    }
  }

  /** Between images [images, height·width, channels] and [images, 6·6, channels]. */
  private Product wholeProduct() {
    Band only = new Band(0, 1);
    float[] down = map.matrix(only, tiles.height(), true);
    float[] across = map.matrix(only, tiles.width(), true);
    int outer = map.toImages ? tiles.height() : INPUTS;
    int inner = map.toImages ? tiles.width() : INPUTS;
    memory.desc image = matrices((long) tiles.height() * tiles.width());
    memory.desc tile = matrices(WinogradTiles.PAIRS);
    float[] both = kronecker(down, outer, across, inner);
    return map.toImages
        ? product(1, both, outer * inner, tile, 0, image, 0)
        : product(1, both, outer * inner, image, 0, tile, 0);
  }

  private memory.desc matrices(long pixels) {
    return oneDnn.desc(memory.format_tag.abc, tiles.images(), pixels, channels);
  }

  /** A ⊗ B of row major matrices of so many rows. */
  private static float[] kronecker(float[] a, int aRows, float[] b, int bRows) {
    int aColumns = a.length / aRows;
    int bColumns = b.length / bRows;
    float[] product = new float[a.length * b.length];
    for (int i = 0; i < product.length; i++) {
      int row = i / (aColumns * bColumns);
      int column = i % (aColumns * bColumns);
      product[i] =
          a[row / bRows * aColumns + column / bColumns]
              * b[row % bRows * bColumns + column % bColumns];
    }
    return product;
  }

  /** Between images [images, height, width·channels] and [images, 6·down, width·channels]. */
  private Product rowProduct(Band down) {
    int height = tiles.height();
    int pixels = map.end(down, height) - map.first(down);
    long row = tiles.width() * channels;
    memory.desc image =
        oneDnn.strided(longs(tiles.images(), pixels, row), longs(height * row, row, 1));
    memory.desc halfway =
        oneDnn.strided(
            longs(tiles.images(), down.rows(), row),
            longs((long) INPUTS * tiles.down() * row, row, 1));
    long imageFrom = map.first(down) * row;
    long halfwayFrom = (long) INPUTS * down.from() * row;
    float[] matrix = map.matrix(down, height, false);
    return map.toImages
        ? product(1, matrix, pixels, halfway, halfwayFrom, image, imageFrom)
        : product(1, matrix, down.rows(), image, imageFrom, halfway, halfwayFrom);
  }

  /** Between [images, 6, down, width, channels] and [images, 6, down, across·6, channels]. */
  private Product columnProduct(Band down, Band across) {
    int width = tiles.width();
    int pixels = map.end(across, width) - map.first(across);
    long images = tiles.images();
    long row = width * channels;
    long tileRow = (long) INPUTS * tiles.across() * channels;
    memory.desc halfway =
        oneDnn.strided(
            longs(images, INPUTS, down.tiles(), pixels, channels),
            longs((long) INPUTS * tiles.down() * row, down.tiles() * row, row, channels, 1));
    memory.desc tiled =
        oneDnn.strided(
            longs(images, INPUTS, down.tiles(), across.rows(), channels),
            longs(tiles.down() * tileRow, images * tiles.down() * tileRow, tileRow, channels, 1));
    long halfwayFrom = (long) INPUTS * down.from() * row + map.first(across) * channels;
    long tiledFrom = down.from() * tileRow + (long) INPUTS * across.from() * channels;
    float[] matrix = map.matrix(across, width, true);
    return map.toImages
        ? product(3, matrix, pixels, tiled, tiledFrom, halfway, halfwayFrom)
        : product(3, matrix, across.rows(), halfway, halfwayFrom, tiled, tiledFrom);
  }

  private Product product(
      int batchDimensions,
      float[] values,
      int height,
      memory.desc operand,
      long operandFrom,
      memory.desc result,
      long resultFrom) {
    long[] extents = new long[batchDimensions + 2];
    Arrays.fill(extents, 1);
    extents[batchDimensions] = height;
    extents[batchDimensions + 1] = values.length / height;
    memory matrix = oneDnn.constant(values, extents);
    matmul work = oneDnn.product(oneDnn.own(matrix.get_desc()), operand, result, false);
    return new Product(work, matrix, operand, operandFrom, result, resultFrom);
  }

  private static long[] longs(long... values) {
    return values;
  }

  /**
   * Steps for images and tiles at these addresses.
   *
   * @param halfway of {@link WinogradTiles#halfwaySize} values, spoilt
   */
  List<OneDnn.Step> between(long images, long halfway, long tiled) {
    List<OneDnn.Step> steps = new ArrayList<>();
    if (tiles.isSingle()) {
      long from = map.toImages ? tiled : images;
      rows.forEach(product -> steps.add(step(product, from, map.toImages ? images : tiled)));
    } else if (map.toImages) {
      columns.forEach(product -> steps.add(step(product, tiled, halfway)));
      rows.forEach(product -> steps.add(step(product, halfway, images)));
    } else {
      rows.forEach(product -> steps.add(step(product, images, halfway)));
      columns.forEach(product -> steps.add(step(product, halfway, tiled)));
    }
    return steps;
  }

  private OneDnn.Step step(Product product, long operand, long result) {
    return oneDnn.productStep(
        kind,
        0,
        product.work(),
        product.matrix(),
        oneDnn.at(product.operand(), operand + Float.BYTES * product.operandFrom()),
        oneDnn.at(product.result(), result + Float.BYTES * product.resultFrom()));
  }
}
