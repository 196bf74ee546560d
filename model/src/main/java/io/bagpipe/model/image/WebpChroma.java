package io.bagpipe.model.image;

import java.awt.image.WritableRaster;

/**
 * Interpolates the chroma of a lossy WebP image. TwelveMonkeys' reader gives the four pixels of a
 * block one chroma sample; libwebp, and with it Pillow, weighs the four nearest samples 9:3:3:1
 * ("fancy upsampling"). Luma and chroma are taken back out of the reader's RGB, which is exact to
 * rounding where no channel is cut off at 0 or 255, and put together again. Rec. 601, studio swing.
 */
final class WebpChroma {
  private static final float LUMA = 1.164f;
  private static final float RED_V = 1.596f;
  private static final float GREEN_U = 0.392f;
  private static final float GREEN_V = 0.813f;
  private static final float BLUE_U = 2.017f;

  private final WritableRaster raster;
  private final Deadline deadline;
  private final int width;
  private final int height;
  private final int bands;
  private final int columns;
  private final int rows;
  private final float[] u;
  private final float[] v;

  private WebpChroma(WritableRaster raster, Deadline deadline) {
    this.raster = raster;
    this.deadline = deadline;
    this.width = raster.getWidth();
    this.height = raster.getHeight();
    this.bands = raster.getNumBands();
    this.columns = (width + 1) / 2;
    this.rows = (height + 1) / 2;
    this.u = new float[columns * rows];
    this.v = new float[columns * rows];
  }

  /** Rewrites a raster of 8-bit red, green, blue and perhaps alpha, as the reader gave it. */
  static void interpolate(WritableRaster raster, Deadline deadline) throws ImageRejectedException {
    WebpChroma chroma = new WebpChroma(raster, deadline);
    chroma.collect();
    chroma.rewrite();
  }

  private void collect() throws ImageRejectedException {
    int[] line = new int[width * bands];
    float[] sumU = new float[columns];
    float[] sumV = new float[columns];
    float[] weight = new float[columns];
    for (int row = 0; row < rows; row++) {
      deadline.check();
      java.util.Arrays.fill(sumU, 0);
      java.util.Arrays.fill(sumV, 0);
      java.util.Arrays.fill(weight, 0);
      for (int y = 2 * row; y < Math.min(height, 2 * row + 2); y++) {
        raster.getPixels(0, y, width, 1, line);
        for (int x = 0, i = 0; x < width; x++, i += bands) {
          int red = line[i];
          int green = line[i + 1];
          int blue = line[i + 2];
          // a channel at its end may have been cut off: such a pixel counts where there is no other
          float w = inside(red) && inside(green) && inside(blue) ? 1 : 1e-4f;
          sumU[x / 2] += w * (0.439f * blue - 0.148f * red - 0.291f * green);
          sumV[x / 2] += w * (0.439f * red - 0.368f * green - 0.071f * blue);
          weight[x / 2] += w;
        }
      }
      for (int column = 0; column < columns; column++) {
        u[row * columns + column] = sumU[column] / weight[column];
        v[row * columns + column] = sumV[column] / weight[column];
      }
    }
  }

  private void rewrite() throws ImageRejectedException {
    int[] line = new int[width * bands];
    for (int y = 0; y < height; y++) {
      deadline.check();
      raster.getPixels(0, y, width, 1, line);
      int near = (y / 2) * columns;
      int far = Math.max(0, Math.min(rows - 1, y / 2 + (y % 2 == 0 ? -1 : 1))) * columns;
      for (int x = 0, i = 0; x < width; x++, i += bands) {
        int column = x / 2;
        int beside = Math.max(0, Math.min(columns - 1, column + (x % 2 == 0 ? -1 : 1)));
        float light = light(line[i], line[i + 1], line[i + 2], u[near + column], v[near + column]);
        float smoothU = blend(u, near + column, near + beside, far + column, far + beside);
        float smoothV = blend(v, near + column, near + beside, far + column, far + beside);
        line[i] = level(light + RED_V * smoothV);
        line[i + 1] = level(light - GREEN_U * smoothU - GREEN_V * smoothV);
        line[i + 2] = level(light + BLUE_U * smoothU);
      }
      raster.setPixels(0, y, width, 1, line);
    }
  }

  private static boolean inside(int level) {
    return level > 0 && level < 255;
  }

  private static float blend(float[] plane, int near, int beside, int above, int across) {
    return (9 * plane[near] + 3 * plane[beside] + 3 * plane[above] + plane[across]) / 16;
  }

  /** What luma adds to each channel, from the channels that were not cut off. */
  private static float light(int red, int green, int blue, float u, float v) {
    float sum = 0;
    int count = 0;
    if (inside(red)) {
      sum += red - RED_V * v;
      count++;
    }
    if (inside(green)) {
      sum += green + GREEN_U * u + GREEN_V * v;
      count++;
    }
    if (inside(blue)) {
      sum += blue - BLUE_U * u;
      count++;
    }
    return count > 0 ? sum / count : LUMA * (0.257f * red + 0.504f * green + 0.098f * blue);
  }

  private static int level(float value) {
    return Math.max(0, Math.min(255, Math.round(value)));
  }
}
