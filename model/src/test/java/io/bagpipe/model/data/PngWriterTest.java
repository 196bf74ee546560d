package io.bagpipe.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngWriterTest {
  @AutoClose private final PngWriter writer = new PngWriter();

  @ParameterizedTest
  @CsvSource({"1,1,1", "28,28,1", "1,300,1", "17,5,3", "300,200,3"})
  void whatIsWrittenReadsBack(int width, int height, int channels) throws IOException {
    long seed = 20260101L + width;
    byte[] pixels = new byte[7 + width * height * channels];
    new Random(seed).nextBytes(pixels);

    byte[] png = writer.encode(pixels, 7, width, height, channels);

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getRaster().getNumBands()).isEqualTo(channels);
    int at = 7;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          assertThat(image.getRaster().getSample(x, y, c))
              .as("seed %d, %d,%d,%d", seed, x, y, c)
              .isEqualTo(pixels[at++] & 0xff);
        }
      }
    }
  }

  @Test
  void refusesShapesThatPngDoesNotKnow() {
    assertThatThrownBy(() -> writer.encode(new byte[8], 0, 2, 2, 2))
        .hasMessage("2x2x2: expected at least 1x1, and 1 or 3 channels");
    assertThatThrownBy(() -> writer.encode(new byte[8], 0, 0, 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
