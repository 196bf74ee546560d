package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.index.BagConfig.MemberChoice;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WindowMemoryTest {
  private static BagConfig config(Path directory) {
    return new BagConfig(1_000_000, 1L << 30, 5, -1, 2, MemberChoice.UNIFORM, 64, directory);
  }

  @Test
  void aWindowTakesItsVectorsAndItsFiles() {
    long vectors = (1_000_000L + 64) * 128 * 4;
    assertThat(WindowMemory.bytes(config(null), 128)).isEqualTo(vectors + (1L << 30));
    assertThat(WindowMemory.bytes(config(Path.of("x")), 128)).isEqualTo(vectors);
  }

  @Test
  void aQuarterOfTheMemoryIsLeftToOthers() {
    assertThat(WindowMemory.isTight(75, 100)).isFalse();
    assertThat(WindowMemory.isTight(76, 100)).isTrue();
    assertThat(WindowMemory.isTight(Long.MAX_VALUE, 0)).as("no limit").isFalse();
  }

  @Test
  void oneThatCannotFillUpIsRefused() {
    BagConfig config = config(null);
    long needed = WindowMemory.bytes(config, 128);
    assertThatCode(() -> WindowMemory.check(config, 128, 1, needed)).doesNotThrowAnyException();
    assertThatCode(() -> WindowMemory.check(config, 128, 9, 0)).doesNotThrowAnyException();
    assertThatThrownBy(() -> WindowMemory.check(config, 128, 1, needed - 1))
        .hasMessageStartingWith(
            "1 window(s) of 1,000,000 images x 128 values and 1,024 MiB of image files take 1,512"
                + " MiB of native memory, and 1,512 MiB are allowed");
    assertThatThrownBy(() -> WindowMemory.check(config, 128, 2, needed))
        .hasMessageContaining("take 3,024 MiB");
  }
}
