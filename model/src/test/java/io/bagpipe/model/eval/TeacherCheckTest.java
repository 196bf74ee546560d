package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.PngWriter;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherCheckTest {
  private static final int SIDE = 8;

  @TempDir Path folder;

  /** Sees the mean colour; of black images it says nothing. */
  private static final class Colours implements TeacherEncoder {
    @Override
    public int inputSize() {
      return SIDE;
    }

    @Override
    public int featureDimension() {
      return 3;
    }

    @Override
    public int embeddingDimension() {
      return 3;
    }

    @Override
    public UnitRows features(byte[] views, int count) {
      UnitRows rows = new UnitRows("features", count, 3);
      int size = 3 * SIDE * SIDE;
      for (int i = 0; i < count; i++) {
        float[] sum = new float[3];
        for (int at = 0; at < size; at++) {
          sum[at % 3] += views[i * size + at] & 0xff;
        }
        rows.take(i, sum, 0);
      }
      return rows;
    }

    @Override
    public UnitRows embeddings(byte[] views, int count) {
      return features(views, count);
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  private void write(String name, int red, int green, int blue) throws IOException {
    byte[] pixels = new byte[3 * 16];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) red;
      pixels[i + 1] = (byte) green;
      pixels[i + 2] = (byte) blue;
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (PngWriter png = new PngWriter()) {
      Files.write(file, png.encode(pixels, 0, 4, 4, 3));
    }
  }

  private TeacherCheck.Result check(int most, int k) throws IOException {
    try (ImageSource images = ImageSources.open(folder)) {
      return new TeacherCheck(
              new Colours(),
              new ViewFactory(ViewConfig.mocoV2(SIDE), DecodeLimits.defaults(), 1),
              10_000,
              images,
              new TeacherCheck.Request(most, k, 3, 1))
          .run();
    }
  }

  @Test
  void labelsThatColoursExplainGivePureBags() throws IOException {
    Random random = new Random(2);
    for (int i = 0; i < 20; i++) {
      write("red/" + i + ".png", 200, random.nextInt(20), 5);
      write("blue/" + i + ".png", 5, random.nextInt(20), 200);
    }
    Files.writeString(folder.resolve("red/broken.png"), "no picture");
    Files.write(folder.resolve("red/large.png"), new byte[20_000]);
    write("blue/black.png", 0, 0, 0);

    TeacherCheck.Result result = check(100, 4);

    assertThat(result.images()).isEqualTo(40);
    assertThat(result.unreadable()).isEqualTo(2);
    assertThat(result.refused()).isEqualTo(1);
    assertThat(result.labels()).isNotNull();
    assertThat(result.labels().classes()).isEqualTo(2);
    assertThat(result.labels().purity()).isEqualTo(1);
    assertThat(result.labels().knn()).isEqualTo(1);
    assertThat(result.labels().chance()).isCloseTo(19 / 39.0, within(1e-9));
    assertThat(result.featureRank()).isBetween(1.9, 3.0);
    BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(result.sheet()));
    int tile = SIDE * 12 + 6 + 4;
    assertThat(sheet.getHeight()).isEqualTo(4 + 3 * tile);
    assertThat(sheet.getWidth()).isEqualTo(4 + 5 * tile + tile / 2);
    assertThat(sheet.getRGB(4 + tile + tile / 2, 4) & 0xffffff)
        .as("same label")
        .isEqualTo(0x20a040);
    assertThat(sheet.getRGB(4, 4) & 0xffffff).as("the anchor").isEqualTo(0x909090);
  }

  @Test
  void labelsThatNothingExplainsGiveChance() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("class" + i % 3 + "/" + i + ".png", 10 + i, 200 - 3 * i, 7 * i % 251);
    }
    TeacherCheck.Result result = check(1000, 5);

    assertThat(result.labels().purity()).isBetween(0.1, 0.55);
  }

  @Test
  void fewerAndUnlabelledImagesAreFineAndNoneIsALine() throws IOException {
    for (int i = 0; i < 5; i++) {
      write(i + ".png", 40 * i + 20, 99, 30);
    }
    TeacherCheck.Result result = check(3, 10);

    assertThat(result.images()).isEqualTo(3);
    assertThat(result.labels()).isNull();
    Path empty = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(empty.resolve("a.png"), "x");
    try (ImageSource images = ImageSources.open(empty)) {
      TeacherCheck check =
          new TeacherCheck(
              new Colours(),
              new ViewFactory(ViewConfig.mocoV2(SIDE), DecodeLimits.defaults(), 1),
              10_000,
              images,
              new TeacherCheck.Request(9, 1, 1, 1));
      assertThatThrownBy(check::run)
          .isInstanceOf(EvaluationException.class)
          .hasMessageContaining("0 are usable (1 unreadable, 0 refused");
    }
  }
}
