package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.bagpipe.verticles.config.ConfigSources;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstPicturesTest {
  private static FirstPictures watch(String... sets) {
    var config = new ConfigSources(Map.of(), null, Map.of(), List.of(sets)).load();
    return new FirstPictures(config.views());
  }

  /** Pixels about a mean, of a deviation, in all channels. */
  private static ByteString view(double mean, double deviation, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      double value = 255 * (mean + deviation * random.nextGaussian());
      pixels[i] = (byte) Math.round(Math.max(0, Math.min(255, value)));
    }
    return ByteString.copyFrom(pixels);
  }

  private static String afterFirst(int count, FirstPictures watch, int side, double... look) {
    for (int i = 0; i < count; i++) {
      watch.saw(side, view(look[0], look[1], i));
    }
    return watch.notice();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fashion-mnist | 28   | 0.25 | 0.30
          cifar         | 32   | 0.48 | 0.24
          small-photos  | 375  | 0.45 | 0.22
          imagenet      | 375  | 0.45 | 0.22
          imagenet      | 3000 | 0.40 | 0.24
          """)
  void picturesOfAPresetsOwnKindAreNothingToSpeakOf(
      String preset, int side, double mean, double deviation) {
    assertThat(afterFirst(256, watch("preset=" + preset), side, mean, deviation)).isEmpty();
  }

  @Test
  void photographsUnderThePresetOfClothesAreSaidWithWhatWasMeasured() {
    assertThat(afterFirst(32, watch(), 375, 0.48, 0.24))
        .startsWith("the first 32 pictures are not like those that this configuration is for: ")
        .contains("375 pixels or more on their shorter side, of which views.size leaves 32")
        .contains("mean [0.48", "views.mean is [0.286, 0.286, 0.286]", "views.std [0.353")
        .contains("preset")
        .doesNotContain("\n");
  }

  @Test
  void thumbnailsUnderThePresetOfPhotographsAreSaid() {
    assertThat(afterFirst(32, watch("preset=imagenet"), 28, 0.45, 0.22))
        .contains("28 pixels or fewer", "views.size makes 224")
        .doesNotContain("views.mean is");
  }

  @Test
  void fewPicturesAreNotJudgedAndMoreMayTakeItBack() {
    FirstPictures watch = watch();
    assertThat(afterFirst(31, watch, 375, 0.25, 0.3)).isEmpty();
    assertThat(watch.saw(375, view(0.25, 0.3, 99))).isTrue();
    assertThat(watch.notice()).contains("375 pixels");

    for (int i = 0; i < 223; i++) {
      assertThat(watch.saw(28, view(0.25, 0.3, i))).isFalse();
    }
    assertThat(watch.saw(28, view(0.25, 0.3, 1))).isTrue();
    assertThat(watch.notice()).isEmpty();
    assertThat(watch.saw(4000, view(1, 0, 1))).as("it looks no more").isFalse();
  }
}
