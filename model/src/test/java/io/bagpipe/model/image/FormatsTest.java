package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.Difference;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of every kind against Pillow's reading of them (tests/images/make_formats.py): the same to
 * the bit, except lossy WebP, whose chroma is interpolated a little differently.
 */
class FormatsTest {
  private static final String EXPECTED = ".expected.png";
  private static final Set<String> LOSSY_WEBP =
      Set.of(
          "alpha-animated.webp",
          "alpha.webp",
          "lossy-20.webp",
          "lossy-95.webp",
          "lossy-animated.webp",
          "lossy.webp");

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  static List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(folder())) {
      return all.filter(f -> !f.toString().endsWith(EXPECTED)).sorted().toList();
    }
  }

  private static Path folder() throws URISyntaxException {
    return Path.of(FormatsTest.class.getResource("/images/rgb.png").toURI()).getParent();
  }

  @ParameterizedTest
  @MethodSource("files")
  void agreesWithPillow(Path file) throws Exception {
    RgbImage actual = decoder.decode(Files.readAllBytes(file));

    RgbImage expected = decoder.decode(Files.readAllBytes(Path.of(file + EXPECTED)));
    assertThat(actual.width()).isEqualTo(expected.width());
    assertThat(actual.height()).isEqualTo(expected.height());
    Difference difference = Difference.of(actual.rgb(), expected.rgb());
    boolean interpolated = LOSSY_WEBP.contains(file.getFileName().toString());
    assertThat(difference.mean())
        .as("mean of %s", file)
        .isLessThanOrEqualTo(interpolated ? 1.2 : 0);
    assertThat(difference.max()).as("max of %s", file).isLessThanOrEqualTo(interpolated ? 40 : 0);
  }

  /** Whatever part is asked for, its pixels are those of the whole. */
  @ParameterizedTest
  @MethodSource("files")
  void aRegionIsAPartOfTheWhole(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    RgbImage whole = decoder.decode(bytes);
    int left = whole.width() / 3;
    int top = whole.height() / 2;
    Region wanted =
        new Region(
            left,
            top,
            Math.max(1, whole.width() / 2 - left),
            Math.max(1, whole.height() * 3 / 4 - top));

    decoder.open(bytes);
    PixelBuffer part = decoder.read(wanted, 1);

    Region held = part.held();
    assertThat(held.union(wanted)).isEqualTo(held);
    for (int y = wanted.top(); y < wanted.bottom(); y++) {
      for (int x = wanted.left(); x < wanted.right(); x++) {
        int pixel = part.pixels()[(y - held.top()) * held.width() + x - held.left()];
        int i = 3 * (y * whole.width() + x);
        int expected =
            (whole.rgb()[i] & 0xFF) << 16
                | (whole.rgb()[i + 1] & 0xFF) << 8
                | (whole.rgb()[i + 2] & 0xFF);
        assertThat(pixel).as("%s at %d,%d", file.getFileName(), x, y).isEqualTo(expected);
      }
    }
  }

  /** An open file may be read again, another part of it for instance. */
  @ParameterizedTest
  @MethodSource("files")
  void aFileIsReadTwice(Path file) throws Exception {
    ImageHeader header = decoder.open(Files.readAllBytes(file));
    RgbImage first = decoder.read(header.whole(), 1).toRgb();

    RgbImage second = decoder.read(header.whole(), 1).toRgb();

    assertThat(second.rgb()).isEqualTo(first.rgb());
  }

  @Test
  void thereAreFilesOfEveryFormat() throws Exception {
    assertThat(files()).hasSizeGreaterThan(60);
  }
}
