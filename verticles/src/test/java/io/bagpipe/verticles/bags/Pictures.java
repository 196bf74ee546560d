package io.bagpipe.verticles.bags;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.DecodeLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import javax.imageio.ImageIO;

/** Files to draw views of. */
public final class Pictures {
  /** Side of the views, pixels. */
  public static final int SIZE = 8;

  private Pictures() {}

  /** Draws views of images of at most so many pixels. */
  public static ViewFactory views(long maxPixels) {
    ViewConfig standard = ViewConfig.mocoV2(SIZE);
    return new ViewFactory(
        standard, new DecodeLimits(1 << 20, maxPixels, Duration.ofSeconds(10)), 7);
  }

  /** A PNG of noise. */
  public static byte[] png(int width, int height, long seed) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
