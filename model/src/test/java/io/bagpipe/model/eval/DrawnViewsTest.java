package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.image.DecodeLimits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawnViewsTest {
  private static final DecodeLimits LIMITS = new DecodeLimits(4096, 10_000, Duration.ofSeconds(5));

  @TempDir Path dir;

  private final Map<String, Integer> classes = new HashMap<>();

  /** A folder of three classes, each image of one grey that is its own. */
  private void folder(int each) throws IOException {
    for (int label = 0; label < 3; label++) {
      Path directory = Files.createDirectories(dir.resolve("class-" + label));
      for (int i = 0; i < each; i++) {
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
        for (int at = 0; at < 16; at++) {
          image.getRaster().setSample(at % 4, at / 4, 0, label * each + i);
        }
        ImageIO.write(image, "png", directory.resolve(i + ".png").toFile());
      }
    }
  }

  private DrawnViews open(int most, long seed) throws IOException {
    return DrawnViews.open(
        dir,
        Split.ALL,
        most,
        seed,
        new DrawnViews.Making(
            new ViewFactory(ViewConfig.mocoV2(4), LIMITS, seed), LIMITS, classes));
  }

  /** {@code grey:label} of every view. */
  private static List<String> read(DrawnViews views) {
    List<String> read = new ArrayList<>();
    views.read((view, label) -> read.add((view[0] & 255) + ":" + label));
    return read;
  }

  @Test
  void readsTheSameEveryTimeAndOfEveryClass() throws IOException {
    folder(10);
    try (DrawnViews some = open(6, 1);
        DrawnViews all = open(100, 1)) {
      List<String> read = read(some);
      assertThat(some.count()).isEqualTo(6);
      assertThat(read(some)).isEqualTo(read).hasSize(6);
      assertThat(new TreeSet<>(read.stream().map(r -> r.split(":")[1]).toList()))
          .containsExactly("0", "1", "2");
      assertThat(read(all)).hasSize(30).containsAll(read);
    }
  }

  @Test
  void whatCannotBeReadIsLeftOutAndTheOthersAreNot() throws IOException {
    folder(3);
    Files.writeString(dir.resolve("class-0/1.png"), "no picture");
    Files.write(dir.resolve("class-1/0.png"), new byte[5000]); // over the limit
    try (DrawnViews views = open(9, 1)) {
      assertThat(read(views)).containsExactly("0:0", "2:0", "4:1", "5:1", "6:2", "7:2", "8:2");
      Files.delete(dir.resolve("class-2/2.png"));
      assertThat(read(views)).hasSize(6);
      for (String gone : List.of("class-0/0", "class-0/2", "class-1/1", "class-1/2")) {
        Files.delete(dir.resolve(gone + ".png"));
      }
      Files.delete(dir.resolve("class-2/0.png"));
      Files.delete(dir.resolve("class-2/1.png"));
      assertThatThrownBy(() -> read(views))
          .isInstanceOf(EvaluationException.class)
          .hasMessage("none of the 9 images drawn from " + dir + " can be read");
    }
  }

  @Test
  void endsWhenNoMoreAreWanted() throws IOException {
    folder(2);
    List<Integer> taken = new ArrayList<>();
    try (DrawnViews views = open(6, 1)) {
      views.read((view, label) -> taken.add(label) && taken.size() < 2);
    }
    assertThat(taken).hasSize(2);
  }

  @Test
  void anotherFileOrLabelInTheSamePlaceIsAnotherDigest() throws Exception {
    folder(4);
    String before = digest(12, 1);
    assertThat(digest(12, 1)).isEqualTo(before);
    assertThat(digest(6, 1)).isNotEqualTo(before);
    Path first = dir.resolve("class-0/0.png");
    Path second = dir.resolve("class-1/0.png");
    byte[] image = Files.readAllBytes(first);
    Files.write(first, Files.readAllBytes(second));
    String another = digest(12, 1);
    assertThat(another).isNotEqualTo(before);
    Files.write(second, image);
    assertThat(digest(12, 1)).isNotIn(before, another);
    Files.write(second, Files.readAllBytes(first));
    Files.write(first, image);
    assertThat(digest(12, 1)).as("as it was").isEqualTo(before);
    Files.move(dir.resolve("class-2"), dir.resolve("class-3"));
    assertThat(digest(12, 1)).as("the same images, called something else").isNotEqualTo(before);
  }

  private String digest(int most, long seed) throws Exception {
    try (DrawnViews views = open(most, seed)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      views.digest(sha);
      return HexFormat.of().formatHex(sha.digest());
    }
  }
}
