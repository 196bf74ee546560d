package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  private static final int IDS = 100_000;

  private static byte[] id(int i) {
    return ("image-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static long held(HeldOut heldOut) {
    return IntStream.range(0, IDS).filter(i -> heldOut.has(id(i))).count();
  }

  @Test
  void holdsOutItsShareOfIdsThatAreAlikeAndEachForGood() {
    HeldOut some = new HeldOut(0.05, 1);
    // six standard deviations of so many draws
    assertThat(held(some)).isBetween(5_000L - 420, 5_000L + 420);
    HeldOut more = new HeldOut(0.2, 1);
    for (int i = 0; i < IDS; i++) {
      assertThat(some.has(id(i))).isEqualTo(new HeldOut(0.05, 1).has(id(i)));
      assertThat(!some.has(id(i)) || more.has(id(i))).as("a larger share has it too").isTrue();
    }
  }

  @Test
  void anotherSeedHoldsOutOthersAndNoShareNone() {
    HeldOut one = new HeldOut(0.05, 1);
    HeldOut other = new HeldOut(0.05, 2);
    long both = IntStream.range(0, IDS).filter(i -> one.has(id(i)) && other.has(id(i))).count();
    assertThat(both).isLessThan(400); // 250 by chance
    assertThat(HeldOut.NONE.isAny()).isFalse();
    assertThat(held(HeldOut.NONE)).isZero();
    assertThatThrownBy(() -> new HeldOut(1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
