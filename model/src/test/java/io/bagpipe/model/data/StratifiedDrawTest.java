package io.bagpipe.model.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StratifiedDrawTest {
  /** Ids alone: {@code label/number}, or without a label {@code number}. */
  private record Named(List<String> ids) implements ImageSource {
    @Override
    public int size() {
      return ids.size();
    }

    @Override
    public String id(int index) {
      return ids.get(index);
    }

    @Override
    public @Nullable String label(int index) {
      return FolderSource.labelOf(ids.get(index));
    }

    @Override
    public long length(int index) {
      throw new AssertionError("a draw reads no image");
    }

    @Override
    public byte[] read(int index) {
      throw new AssertionError("a draw reads no image");
    }

    @Override
    public void close() {}
  }

  /** A folder sorted by class: as many of each as are given. */
  private static Named folder(int... sizes) {
    List<String> ids = new ArrayList<>();
    for (int label = 0; label < sizes.length; label++) {
      for (int i = 0; i < sizes[label]; i++) {
        ids.add("%c/%05d.png".formatted('a' + label, i));
      }
    }
    return new Named(ids);
  }

  private static Map<String, Long> perLabel(Named source, int[] drawn) {
    return Arrays.stream(drawn)
        .mapToObj(source::label)
        .collect(Collectors.groupingBy(String::valueOf, Collectors.counting()));
  }

  private static Set<String> ids(Named source, int[] drawn) {
    return Arrays.stream(drawn).mapToObj(source::id).collect(Collectors.toSet());
  }

  @Test
  void whatFitsIsTakenWholeAndInOrder() throws IOException {
    Named source = folder(5, 7);
    assertThat(StratifiedDraw.of(source, 12, 1)).isEqualTo(IntStream.range(0, 12).toArray());
    assertThat(StratifiedDraw.of(source, 10_000_000, 2))
        .isEqualTo(IntStream.range(0, 12).toArray());
  }

  @Test
  void aFolderSortedByClassGivesOfEveryClassItsShare() throws IOException {
    Named source = folder(1000, 3000, 500, 500);
    int[] drawn = StratifiedDraw.of(source, 1000, 7);
    assertThat(drawn).hasSize(1000).isSorted().doesNotHaveDuplicates();
    assertThat(perLabel(source, drawn))
        .isEqualTo(Map.of("a", 200L, "b", 600L, "c", 100L, "d", 100L));
  }

  @Test
  void sharesThatAreNoWholeNumbersGoByTheLargestRemainder() throws IOException {
    Named source = folder(1, 2, 7);
    // 0.5, 1.0 and 3.5 of five: what is left goes to the first of those that lost a half
    assertThat(perLabel(source, StratifiedDraw.of(source, 5, 3)))
        .isEqualTo(Map.of("a", 1L, "b", 1L, "c", 3L));
    for (int most = 1; most < 10; most++) {
      assertThat(StratifiedDraw.of(source, most, most)).hasSize(most);
    }
  }

  @Test
  void isAFunctionOfIdsLabelsAndSeed() throws IOException {
    Named source = folder(400, 100);
    List<String> ids = new ArrayList<>(source.ids());
    Collections.shuffle(ids, new Random(3));
    Named shuffled = new Named(ids);
    Set<String> drawn = ids(source, StratifiedDraw.of(source, 50, 11));
    assertThat(ids(shuffled, StratifiedDraw.of(shuffled, 50, 11))).isEqualTo(drawn);
    assertThat(ids(source, StratifiedDraw.of(source, 50, 12))).isNotEqualTo(drawn);
    // not the first ones
    int[] places = StratifiedDraw.of(source, 50, 11);
    assertThat(Arrays.stream(places).filter(i -> i < 400).average().orElseThrow())
        .isBetween(120.0, 280.0);
  }

  @Test
  void imagesWithoutALabelAreNotDrawn() throws IOException {
    Named source = new Named(List.of("x.png", "a/1.png", "y.png", "b/1.png"));
    assertThat(StratifiedDraw.of(source, 4, 1)).containsExactly(1, 3);
    assertThat(StratifiedDraw.of(new Named(List.of("x.png")), 4, 1)).isEmpty();
  }
}
