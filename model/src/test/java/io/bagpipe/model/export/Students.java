package io.bagpipe.model.export;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import java.util.Random;

/** Students for tests, with running statistics that a wrong batch norm would not survive. */
final class Students {
  static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private Students() {}

  static Student of(Family family, int width, Stem stem, int size) {
    Architecture architecture = new Architecture(family, width, stem, new Head(24, 16));
    NetworkSpec spec = architecture.spec();
    StateDict state = spec.initialState(11);
    Random random = new Random(5);
    for (Parameter parameter : spec.parameters()) {
      float[] values = state.get(parameter.name()).data();
      for (int i = 0; i < values.length; i++) {
        switch (parameter.role()) {
          case WEIGHT -> values[i] *= 0.9f + 0.2f * random.nextFloat();
          case BIAS, RUNNING_MEAN -> values[i] += 0.1f * (float) random.nextGaussian();
          case RUNNING_VARIANCE -> values[i] = 0.7f + 0.6f * random.nextFloat();
        }
      }
    }
    return new Student(
        architecture,
        state,
        new Preprocessing(size, 2, size * 8 / 7, MEAN, DEVIATION),
        new Provenance(25_600, "000025600", "builtin:fashion-mnist"));
  }

  /** [count, 3, size, size] in [0, 1]; load_in_torch.py makes the same. */
  static float[] pixels(int count, int size) {
    float[] pixels = new float[count * 3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) ((i * 7919L + i / 13 * 104729L) % 256 / 255.0);
    }
    return pixels;
  }

  /** The same as an engine takes them: uint8 [count, size, size, 3]. */
  static byte[] levels(int count, int size) {
    float[] pixels = pixels(count, size);
    byte[] levels = new byte[pixels.length];
    int area = size * size;
    for (int i = 0; i < levels.length; i++) {
      int image = i / (3 * area);
      int place = i % (3 * area);
      levels[i] = (byte) Math.round(255 * pixels[(image * 3 + place % 3) * area + place / 3]);
    }
    return levels;
  }
}
