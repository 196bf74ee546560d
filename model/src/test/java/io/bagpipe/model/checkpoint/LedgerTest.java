package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void hashIsTheDocumentedOne() {
    // worked out apart from this code, with Python's integers
    assertThat(Long.toHexString(Ledger.hash(0, 0))).isEqualTo("48218226ff3cd4bf");
    assertThat(Long.toHexString(Ledger.hash(0, 1))).isEqualTo("ea8568d2e45fd6cb");
    assertThat(Long.toHexString(Ledger.hash(3, 123_456_789_012L))).isEqualTo("73835f318ab2c46");
  }

  @Test
  void doesNotDependOnTheOrder() {
    long seed = System.nanoTime();
    List<Long> offsets = new ArrayList<>(LongStream.range(0, 1000).boxed().toList());
    Ledger ordered = new Ledger();
    offsets.forEach(offset -> ordered.add("images", 1, offset));
    Collections.shuffle(offsets, new Random(seed));
    Ledger shuffled = new Ledger();
    offsets.forEach(offset -> assertThat(shuffled.add("images", 1, offset)).isTrue());
    assertThat(shuffled.entries())
        .as("seed " + seed)
        .usingRecursiveComparison()
        .isEqualTo(ordered.entries());
    assertThat(shuffled.entries().get(0).ranges()).containsExactly(0, 1000);
    assertThat(shuffled.count()).isEqualTo(1000);
    long sum = LongStream.range(0, 1000).map(offset -> Ledger.hash(1, offset)).sum();
    assertThat(shuffled.digest("images", 1)).isEqualTo(sum);
  }

  @Test
  void rangesAreExactlyWhatWasAdded() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<Long> expected = new HashSet<>();
    Ledger ledger = new Ledger();
    for (int i = 0; i < 3000; i++) {
      long offset = random.nextInt(4000);
      assertThat(ledger.add("images", 0, offset))
          .as("seed " + seed)
          .isEqualTo(expected.add(offset));
    }
    Ledger.Entry entry = ledger.entries().get(0);
    for (long offset = 0; offset < 4000; offset++) {
      assertThat(entry.contains(offset)).as("seed " + seed).isEqualTo(expected.contains(offset));
    }
    assertThat(entry.count()).isEqualTo(3000);
  }

  @Test
  void aLostImageAndOneTrainedTwiceShow() {
    Ledger right = new Ledger();
    Ledger lost = new Ledger();
    Ledger twice = new Ledger();
    for (long offset = 0; offset < 100; offset++) {
      right.add("images", 0, offset);
      if (offset != 50) {
        lost.add("images", 0, offset);
      }
      twice.add("images", 0, offset == 50 ? 51 : offset);
    }
    assertThat(lost.count()).isEqualTo(99);
    assertThat(lost.entries().get(0).contains(50)).isFalse();
    assertThat(twice.count()).isEqualTo(right.count());
    assertThat(twice.digest("images", 0)).isNotEqualTo(right.digest("images", 0));
  }

  @Test
  void mergesPartitionsAndGoesOnFromItsEntries() {
    Ledger first = new Ledger();
    first.add("images", 0, 1);
    first.add("images", 0, 5);
    first.add("images", 2, 7);
    Ledger second = Ledger.of(first.entries());
    second.add("images", 0, 2);
    second.add("other", 0, 2);
    Ledger third = new Ledger();
    third.add("images", 0, 0);
    second.merge(third);
    assertThat(second.count()).isEqualTo(6);
    assertThat(second.count("images", 0)).isEqualTo(4);
    assertThat(second.count("images", 9)).isZero();
    assertThat(second.entries())
        .extracting(Ledger.Entry::topic, Ledger.Entry::partition)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("images", 0),
            org.assertj.core.groups.Tuple.tuple("images", 2),
            org.assertj.core.groups.Tuple.tuple("other", 0));
    assertThat(second.entries().get(0).ranges()).containsExactly(0, 3, 5, 6);
    assertThat(first.count()).isEqualTo(3);
  }

  /** What a start goes on from says the same as what was stopped, or the audit is not clean. */
  @Test
  void whatIsMergedIsEnteredWithItsCountAndDigest() {
    Ledger first = new Ledger();
    Ledger second = new Ledger();
    Ledger all = new Ledger();
    for (long offset = 0; offset < 50; offset++) {
      (offset % 3 == 0 ? first : second).add("images", 1, offset);
      all.add("images", 1, offset);
    }
    Ledger merged = Ledger.of(first.entries());
    merged.merge(second);
    assertThat(merged.digest("images", 1)).isEqualTo(all.digest("images", 1));
    assertThat(merged.entries()).usingRecursiveComparison().isEqualTo(all.entries());
  }

  @Test
  void refusesRangesThatAreNone() {
    assertThatThrownBy(() -> new Ledger.Entry("images", 0, 1, 0, new long[] {3, 3}))
        .hasMessageContaining("[3, 3]");
    assertThatThrownBy(() -> new Ledger.Entry("images", 0, 1, 0, new long[] {0, 2, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
