package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PixelNormalizerTest {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};

  @Test
  void normalisesEveryValueOfEveryChannel() {
    byte[] pixels = new byte[256 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3);
    }
    float[] values = new float[pixels.length];
    new PixelNormalizer(MEAN, STD).apply(pixels, 0, pixels.length, values);
    for (int i = 0; i < pixels.length; i++) {
      int value = i / 3;
      double expected = (value / 255.0 - MEAN[i % 3]) / STD[i % 3];
      assertThat((double) values[i]).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void refusesWhatIsNoNormalisation() {
    assertThatThrownBy(() -> new PixelNormalizer(MEAN, new float[] {1, 0, 1}))
        .hasMessageContaining("channel 1");
    assertThatThrownBy(() -> new PixelNormalizer(new float[1], STD))
        .hasMessageContaining("1 and 3 channels");
  }
}
