package io.bagpipe.model.engine.onednn;

import java.util.ArrayList;
import java.util.List;

/**
 * How images are cut into tiles of 4×4 outputs; what hangs over at the right and below is nothing.
 * Transformed, they lie as [6, images, down, across, 6, channels]: the six of the first dimension
 * outermost, so that every pair (ξ, η) of the two sixes is a matrix [images · down · across,
 * channels] of equally spaced rows. On the way there is [images, band, 6, tiles of the band, width,
 * channels]: the rows transformed, the columns not yet. Images of a single tile lie as [images, 6,
 * 6, channels], transformed both ways at once.
 *
 * @param images how many are transformed at once
 */
record WinogradTiles(int images, int height, int width) {
  private static final int OUTPUTS = WinogradMatrices.OUTPUTS;

  /** Products of the two dimensions. */
  static final int PAIRS = WinogradMatrices.INPUTS * WinogradMatrices.INPUTS;

  /** Tiles that one matrix transforms; more would be mostly zeros, fewer too small a product. */
  private static final int BAND = 4;

  /** A whole image's transformed values that should stay in the cache, of all images at once. */
  private static final long CACHED_FLOATS = 1 << 20;

  /** Rows that keep a product of matrices busy. */
  private static final int FEWEST_ROWS = 64;

  /** Tiles {@code from} to {@code to}, exclusive, of one dimension. */
  record Band(int from, int to) {
    int tiles() {
      return to - from;
    }

    /** Transformed values. */
    int rows() {
      return WinogradMatrices.INPUTS * tiles();
    }
  }

  int down() {
    return tiles(height);
  }

  int across() {
    return tiles(width);
  }

  boolean isSingle() {
    return down() == 1 && across() == 1;
  }

  /** Distance between two values of the first six, in pixels of all channels. */
  long outerStride() {
    return isSingle() ? WinogradMatrices.INPUTS : WinogradMatrices.INPUTS * count();
  }

  /** Distance between two tiles. */
  long tileStride() {
    return isSingle() ? PAIRS : WinogradMatrices.INPUTS;
  }

  /** Of all images. */
  long count() {
    return (long) images * down() * across();
  }

  /** Values of the transformed images. */
  long size(int channels) {
    return PAIRS * count() * channels;
  }

  /** Values between the two dimensions' transforms. */
  long halfwaySize(int channels) {
    return (long) WinogradMatrices.INPUTS * images * down() * width * channels;
  }

  static int tiles(int extent) {
    return (extent + OUTPUTS - 1) / OUTPUTS;
  }

  static List<Band> bands(int extent) {
    int tiles = tiles(extent);
    int count = (tiles + BAND - 1) / BAND;
    List<Band> bands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bands.add(new Band(tiles * i / count, tiles * (i + 1) / count));
    }
    return bands;
  }

  /** Whether the tiles cover about as much as the image; a rim of nothing costs like an image. */
  static boolean fits(int height, int width) {
    long covered = (long) tiles(height) * tiles(width) * OUTPUTS * OUTPUTS;
    return 2 * covered <= 3L * height * width;
  }

  /** How many images to transform at once: few enough for the cache, enough for the products. */
  static int imagesAtOnce(int batch, int height, int width, int channels) {
    long tiles = (long) tiles(height) * tiles(width);
    long cached = CACHED_FLOATS / (PAIRS * tiles * channels);
    long busy = (FEWEST_ROWS + tiles - 1) / tiles;
    long most = Math.min(batch, Math.max(1, Math.max(cached, busy)));
    long parts = (batch + most - 1) / most;
    return (int) ((batch + parts - 1) / parts);
  }
}
