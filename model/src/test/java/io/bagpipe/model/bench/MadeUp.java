package io.bagpipe.model.bench;

import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Writes what tests/gpu/verify.sh measures with, where there is neither a data set nor Python's
 * torchvision: a teacher of random weights and photographs of nothing. Needs neither ND4J nor ONNX
 * Runtime.
 *
 * <pre>
 *   MadeUp teacher FILE.onnx resnet50 WIDTH SIZE
 *   MadeUp images FOLDER COUNT SIZE
 * </pre>
 */
public final class MadeUp {
  private static final long SEED = 1;
  private static final int CLASSES = 10;

  /** Blocks of colour a side: what a JPEG of it weighs is then about a photograph's. */
  private static final int BLOCKS = 16;

  private MadeUp() {}

  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[1]);
    if (arguments[0].equals("teacher")) {
      Family family = Family.valueOf(arguments[2].toUpperCase(Locale.ROOT));
      teacher(path, family, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    } else {
      images(path, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    }
  }

  /** A network with ImageNet's stem above 64 pixels, and an embedding of 128 values. */
  static void teacher(Path file, Family family, int width, int size) throws IOException {
    Stem stem = size > 64 ? Stem.IMAGENET : Stem.CIFAR;
    Architecture architecture = new Architecture(family, width, stem, new Head(2048, 128));
    Preprocessing preprocessing =
        new Preprocessing(
            size,
            0,
            size * 8 / 7,
            new float[] {0.485f, 0.456f, 0.406f},
            new float[] {0.229f, 0.224f, 0.225f});
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      OnnxModel.write(
          new OnnxModel.Weights(
              architecture.spec(), architecture.spec().initialState(SEED), preprocessing, Map.of()),
          true,
          out);
    }
  }

  /** JPEGs, no two alike, in folders by class. */
  static void images(Path folder, int count, int size) throws IOException {
    Random random = new Random(SEED);
    for (int i = 0; i < count; i++) {
      Path of = Files.createDirectories(folder.resolve("class-" + i % CLASSES));
      BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
      int[] colours = random.ints((long) BLOCKS * BLOCKS, 0, 1 << 24).toArray();
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          int block = colours[y * BLOCKS / size * BLOCKS + x * BLOCKS / size];
          image.setRGB(x, y, (block & 0xe0e0e0) | (random.nextInt() & 0x0f0f0f));
        }
      }
      if (!ImageIO.write(image, "jpeg", of.resolve(i + ".jpg").toFile())) {
        throw new IOException("this Java writes no JPEG");
      }
    }
  }
}
