package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.Difference;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JPEGs at a half, a quarter and an eighth of their size against the same file decoded whole and
 * averaged over the pixels that each one stands for.
 */
class ReducedDecodeTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  /** A file and a reduction. */
  record Case(Path file, int reduction) {
    @Override
    public String toString() {
      return file.getFileName() + " / " + reduction;
    }
  }

  static List<Case> cases() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (Path file : FormatsTest.files()) {
      if (file.toString().endsWith(".jpg")) {
        for (int reduction : new int[] {2, 4, 8}) {
          cases.add(new Case(file, reduction));
        }
      }
    }
    return cases;
  }

  /**
   * Bounds for small pictures full of edges and noise. Blocks are transformed to squares, as in
   * libjpeg: chroma that was sampled twice or four times as coarsely one way than the other loses
   * as much the other way, too.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void isTheMeanOfThePixelsItStandsFor(Case given) throws Exception {
    byte[] bytes = Files.readAllBytes(given.file);
    Difference difference = compare(bytes, given.reduction);

    double mean = 8;
    int max = 48;
    String name = given.file.getFileName().toString();
    if (name.matches(".*(422|440|uneven).*")) {
      mean = 17;
      max = 56;
    } else if (name.matches(".*(410|411|441).*")) {
      mean = 25;
      max = 112;
    }
    assertThat(difference.mean()).as("mean of %s", given).isLessThanOrEqualTo(mean);
    assertThat(difference.max()).as("max of %s", given).isLessThanOrEqualTo(max);
  }

  /** Whatever part is asked for, its pixels are those of the whole at that reduction. */
  @ParameterizedTest
  @MethodSource("cases")
  void aRegionIsAPartOfTheWhole(Case given) throws Exception {
    byte[] bytes = Files.readAllBytes(given.file);
    ImageHeader header = decoder.open(bytes);
    RgbImage whole = decoder.read(header.whole(), given.reduction).toRgb();
    int left = header.width() / 3;
    int top = header.height() / 2;
    Region wanted =
        new Region(
            left,
            top,
            Math.max(1, header.width() * 3 / 4 - left),
            Math.max(1, header.height() * 3 / 4 - top));

    decoder.open(bytes);
    PixelBuffer part = decoder.read(wanted, given.reduction);

    Region held = part.held();
    int r = part.reduction();
    assertThat(held.left() * r).isLessThanOrEqualTo(wanted.left());
    assertThat(held.top() * r).isLessThanOrEqualTo(wanted.top());
    assertThat(held.right() * r).isGreaterThanOrEqualTo(wanted.right());
    assertThat(held.bottom() * r).isGreaterThanOrEqualTo(wanted.bottom());
    for (int y = wanted.top() / r; y * r < wanted.bottom(); y++) {
      for (int x = wanted.left() / r; x * r < wanted.right(); x++) {
        int pixel = part.pixels()[(y - held.top()) * held.width() + x - held.left()];
        int i = 3 * (y * whole.width() + x);
        int expected =
            (whole.rgb()[i] & 0xFF) << 16
                | (whole.rgb()[i + 1] & 0xFF) << 8
                | (whole.rgb()[i + 2] & 0xFF);
        assertThat(pixel).as("%s at %d,%d", given, x, y).isEqualTo(expected);
      }
    }
  }

  /** On a smooth picture averaging is all there is, so that the bound can be tight. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void aSmoothPictureStaysClose(int reduction) throws Exception {
    Difference difference = compare(smooth(150, 101), reduction);

    assertThat(difference.mean()).as("mean").isLessThanOrEqualTo(0.8);
    assertThat(difference.max()).as("max").isLessThanOrEqualTo(3);
  }

  @Test
  void otherFormatsComeWhole() throws Exception {
    for (Path file : FormatsTest.files()) {
      if (file.toString().endsWith(".png")) {
        ImageHeader header = decoder.open(Files.readAllBytes(file));
        PixelBuffer read = decoder.read(header.whole(), 8);
        assertThat(read.reduction()).isEqualTo(1);
        assertThat(read.held()).isEqualTo(header.whole());
      }
    }
  }

  private Difference compare(byte[] bytes, int reduction) throws Exception {
    RgbImage whole = decoder.decode(bytes);
    PixelBuffer read = decoder.read(decoder.open(bytes).whole(), reduction);
    assertThat(read.reduction()).isEqualTo(reduction);
    RgbImage reduced = read.toRgb();
    assertThat(reduced.width()).isEqualTo((whole.width() + reduction - 1) / reduction);
    assertThat(reduced.height()).isEqualTo((whole.height() + reduction - 1) / reduction);
    return Difference.of(reduced.rgb(), averaged(whole, reduction));
  }

  /** Means of squares of pixels; the outermost are repeated, as the encoders did it. */
  private static byte[] averaged(RgbImage image, int reduction) {
    int width = (image.width() + reduction - 1) / reduction;
    int height = (image.height() + reduction - 1) / reduction;
    byte[] means = new byte[3 * width * height];
    for (int i = 0; i < means.length; i++) {
      int left = i / 3 % width * reduction;
      int top = i / 3 / width * reduction;
      int sum = 0;
      for (int y = top; y < top + reduction; y++) {
        for (int x = left; x < left + reduction; x++) {
          int row = Math.min(y, image.height() - 1);
          int column = Math.min(x, image.width() - 1);
          sum += image.rgb()[3 * (row * image.width() + column) + i % 3] & 0xFF;
        }
      }
      means[i] = (byte) Math.round(sum / (double) (reduction * reduction));
    }
    return means;
  }

  private static byte[] smooth(int width, int height) throws Exception {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = (int) (128 + 100 * Math.sin(x / 40.0 + y / 70.0));
        int green = (int) (128 + 100 * Math.cos(y / 45.0));
        int blue = 40 + 160 * (width - x + y) / (width + height);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam fine = writer.getDefaultWriteParam();
    fine.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    fine.setCompressionQuality(0.98f);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.setOutput(ImageIO.createImageOutputStream(bytes));
    try {
      writer.write(null, new IIOImage(image, null, null), fine);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
