package io.bagpipe.model.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/** ImageIO's pixels as RGB over white, without colour management. */
final class BufferedImagePixels {
  private BufferedImagePixels() {}

  /** Copies an image into a buffer that holds a whole image, at an offset; clips what falls out. */
  static void copy(BufferedImage image, int left, int top, PixelBuffer out) {
    int columns = Math.min(image.getWidth(), out.held().width() - left);
    int rows = Math.min(image.getHeight(), out.held().height() - top);
    if (columns <= 0) {
      return;
    }
    RowReader reader = rowReader(image);
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < rows; y++) {
      reader.read(y, row);
      System.arraycopy(row, 0, out.pixels(), (top + y) * out.held().width() + left, columns);
    }
  }

  private interface RowReader {
    void read(int y, int[] row);
  }

  private static RowReader rowReader(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int bands = image.getRaster().getNumBands();
    int type = model.getColorSpace().getType();
    boolean samples =
        model instanceof ComponentColorModel
            && (image.getRaster().getTransferType() == DataBuffer.TYPE_BYTE
                || image.getRaster().getTransferType() == DataBuffer.TYPE_USHORT);
    int wanted =
        switch (type) {
          case ColorSpace.TYPE_GRAY -> 1;
          case ColorSpace.TYPE_RGB -> 3;
          case ColorSpace.TYPE_CMYK -> 4;
          default -> -1;
        };
    if (samples && (bands == wanted || (bands == wanted + 1 && model.hasAlpha()))) {
      return new SampleRows(image, wanted, bands > wanted);
    }
    return (y, row) -> {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int x = 0; x < row.length; x++) {
        int p = row[x];
        row[x] = overWhite(p >> 16 & 0xFF, p >> 8 & 0xFF, p & 0xFF, p >>> 24);
      }
    };
  }

  static int overWhite(int red, int green, int blue, int alpha) {
    if (alpha == 255) {
      return red << 16 | green << 8 | blue;
    }
    int white = 255 * (255 - alpha) + 127;
    return ((red * alpha + white) / 255) << 16
        | ((green * alpha + white) / 255) << 8
        | (blue * alpha + white) / 255;
  }

  /** Ink to light, as Pillow has it: no profile, light = (1 - ink) (1 - black). */
  static int cmyk(int cyan, int magenta, int yellow, int black) {
    int light = 255 - black;
    return ((255 - cyan) * light / 255) << 16
        | ((255 - magenta) * light / 255) << 8
        | (255 - yellow) * light / 255;
  }

  /** Reads bands as stored: 1 grey, 3 RGB or 4 CMYK, with or without alpha, at 8 or 16 bits. */
  private static final class SampleRows implements RowReader {
    private final Raster raster;
    private final int colours;
    private final boolean alpha;
    private final int[] samples;
    private final int shift;

    SampleRows(BufferedImage image, int colours, boolean alpha) {
      this.raster = image.getRaster();
      this.colours = colours;
      this.alpha = alpha;
      this.samples = new int[raster.getWidth() * raster.getNumBands()];
      this.shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
    }

    @Override
    public void read(int y, int[] row) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, row.length, 1, samples);
      int bands = raster.getNumBands();
      for (int x = 0, i = 0; x < row.length; x++, i += bands) {
        int first = samples[i] >> shift;
        int opacity = alpha ? samples[i + bands - 1] >> shift : 255;
        row[x] =
            switch (colours) {
              case 1 -> overWhite(first, first, first, opacity);
              case 3 -> overWhite(first, samples[i + 1] >> shift, samples[i + 2] >> shift, opacity);
              default ->
                  cmyk(
                      first,
                      samples[i + 1] >> shift,
                      samples[i + 2] >> shift,
                      samples[i + 3] >> shift);
            };
      }
    }
  }
}
