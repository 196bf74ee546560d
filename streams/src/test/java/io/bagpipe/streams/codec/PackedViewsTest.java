package io.bagpipe.streams.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedViewsTest {
  private static byte[] noise(int size) {
    byte[] view = new byte[3 * size * size];
    new Random(size).nextBytes(view);
    return view;
  }

  /** A slope with a little noise, as photographs are. */
  private static byte[] slope(int size) {
    Random random = new Random(7);
    byte[] view = new byte[3 * size * size];
    for (int i = 0; i < view.length; i++) {
      int x = i / 3 % size;
      int y = i / 3 / size;
      view[i] = (byte) (x / 2 + y / 3 + 20 * (i % 3) + random.nextInt(4));
    }
    return view;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 64, 224})
  void comeBackAsTheyWere(int size) throws Exception {
    for (byte[] view : new byte[][] {noise(size), slope(size), new byte[3 * size * size]}) {
      assertThat(PackedViews.unpack(PackedViews.pack(view), size)).isEqualTo(view);
    }
  }

  @Test
  void whatIsLikeAPhotographTakesLessThanHalf() {
    byte[] view = slope(224);

    assertThat(PackedViews.pack(view).size()).isLessThan(view.length / 2);
  }

  @Test
  void whatIsNoSquareIsNotPacked() {
    assertThatThrownBy(() -> PackedViews.pack(new byte[3 * 15]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("45 bytes are no square view of three channels");
  }

  @Test
  void whatIsNoneOfThemIsPoison() {
    byte[] packed = PackedViews.pack(slope(32)).toByteArray();
    byte[] broken = packed.clone();
    Arrays.fill(broken, 40, broken.length, (byte) 0x55);

    assertPoison(ByteString.EMPTY, 32);
    assertPoison(ByteString.copyFrom(slope(32)), 32);
    assertPoison(ByteString.copyFrom(packed), 33);
    assertPoison(ByteString.copyFrom(packed, 0, packed.length - 9), 32);
    assertPoison(ByteString.copyFrom(broken), 32);
  }

  private static void assertPoison(ByteString packed, int size) {
    assertThatThrownBy(() -> PackedViews.unpack(packed, size))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining("a packed view");
  }
}
