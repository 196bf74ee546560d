package io.bagpipe.model.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.Difference;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewFactoryTest {
  private static final ImageCoordinates HERE = new ImageCoordinates(3, 1234567890123L);

  private static ViewFactory factory(ViewConfig config, long seed) {
    return new ViewFactory(config, DecodeLimits.defaults(), seed);
  }

  private static BufferedImage noise(int width, int height, int type) {
    Random random = new Random(width * 31L + height);
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static byte[] encode(BufferedImage image, String format) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    return out.toByteArray();
  }

  @Test
  void viewsAreAFunctionOfSeedCoordinatesAndPurpose() throws Exception {
    byte[] file = encode(noise(60, 50, BufferedImage.TYPE_INT_RGB), "png");
    byte[] other = encode(noise(200, 180, BufferedImage.TYPE_INT_RGB), "jpg");
    ViewFactory factory = factory(ViewConfig.mocoV2(32), 7);

    AnchorViews first = factory.anchor(file, HERE);
    factory.anchor(other, new ImageCoordinates(3, 1));
    byte[] member = factory.member(file, HERE);
    AnchorViews again = factory.anchor(file, HERE);

    assertThat(again.query()).hasSize(32 * 32 * 3).isEqualTo(first.query());
    assertThat(again.key()).isEqualTo(first.key());
    assertThat(again.index()).isEqualTo(first.index());
    assertThat(factory(ViewConfig.mocoV2(32), 7).anchor(file, HERE).key()).isEqualTo(first.key());
    assertThat(first.key()).isNotEqualTo(first.query());
    assertThat(member).hasSize(32 * 32 * 3).isNotEqualTo(first.query()).isNotEqualTo(first.key());
    assertThat(factory.anchor(file, new ImageCoordinates(4, HERE.offset())).query())
        .isNotEqualTo(first.query());
    assertThat(factory.anchor(file, new ImageCoordinates(3, HERE.offset() + 1)).query())
        .isNotEqualTo(first.query());
    assertThat(factory(ViewConfig.mocoV2(32), 8).anchor(file, HERE).query())
        .isNotEqualTo(first.query());
  }

  @Test
  void indexViewOfAPaddedImageIsThatImageUntouched() throws Exception {
    BufferedImage image = noise(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    ViewFactory factory = factory(ViewConfig.mocoV2(32).withPad(2).withIndexResize(1), 7);

    byte[] index = factory.index(encode(image, "png"));

    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        boolean inside = x >= 2 && x < 30 && y >= 2 && y < 30;
        int expected = inside ? image.getRaster().getSample(x - 2, y - 2, 0) : 0;
        for (int c = 0; c < 3; c++) {
          assertThat(index[(y * 32 + x) * 3 + c] & 0xFF).isEqualTo(expected);
        }
      }
    }
    assertThat(factory.anchor(encode(image, "png"), HERE).index()).isEqualTo(index);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,5000", "5000,1", "2,3", "3000,7"})
  void anyShapeGivesViews(int width, int height) throws Exception {
    byte[] file = encode(noise(width, height, BufferedImage.TYPE_INT_RGB), "png");
    ViewFactory factory = factory(ViewConfig.mocoV2(32), 7);

    for (int offset = 0; offset < 20; offset++) {
      AnchorViews views = factory.anchor(file, new ImageCoordinates(0, offset));

      assertThat(views.query()).hasSize(32 * 32 * 3);
      assertThat(views.key()).hasSize(32 * 32 * 3);
      assertThat(views.index()).hasSize(32 * 32 * 3);
    }
  }

  @Test
  void viewsDoNotDependOnWhatElseIsDecoded() throws Exception {
    // given a JPEG, of which only the needed part is decoded
    byte[] file = encode(noise(300, 200, BufferedImage.TYPE_INT_RGB), "jpg");
    ViewFactory factory = factory(ViewConfig.mocoV2(32), 7);

    // when a view is drawn alone, and with others
    byte[] alone = factory.views(file, HERE, Purpose.QUERY_VIEW)[0];
    byte[] with = factory.views(file, HERE, Purpose.KEY_VIEW, Purpose.QUERY_VIEW)[1];

    assertThat(Difference.of(alone, with).mean()).isLessThan(3);
  }

  @Test
  void aBadFileIsRefusedAndTheNextIsServed() throws Exception {
    ViewFactory factory = factory(ViewConfig.mocoV2(32), 7);
    byte[] good = encode(noise(60, 50, BufferedImage.TYPE_INT_RGB), "png");
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;

    assertThatThrownBy(() -> factory.anchor(bad, HERE))
        .isInstanceOfSatisfying(
            ImageRejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(ImageRejectedException.Reason.CORRUPT));
    assertThat(factory.anchor(good, HERE).query()).hasSize(32 * 32 * 3);
  }
}
