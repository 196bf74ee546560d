package io.bagpipe.model.index;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Unit vectors that are hard on an index: scattered, crowded, tied, repeated. */
final class RandomVectors {
  private final RandomGenerator random;
  private final int dimension;
  private final List<float[]> centres = new ArrayList<>();
  private float[] last;

  RandomVectors(RandomGenerator random, int dimension) {
    this.random = random;
    this.dimension = dimension;
    for (int i = 0; i < 5; i++) {
      centres.add(scattered());
    }
    last = scattered();
  }

  float[] next() {
    float[] vector =
        switch (random.nextInt(6)) {
          case 0, 1 -> scattered();
          case 2 -> near(centres.get(random.nextInt(centres.size())), 0.1);
          case 3 -> near(last, 1e-6);
          case 4 -> coarse();
          default -> last.clone();
        };
    last = vector;
    return vector;
  }

  float[] scattered() {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return unit(vector);
  }

  float[] near(float[] centre, double spread) {
    float[] vector = centre.clone();
    for (int i = 0; i < dimension; i++) {
      vector[i] += (float) (spread * random.nextGaussian());
    }
    return unit(vector);
  }

  /** Few distinct values, so that similarities tie exactly. */
  private float[] coarse() {
    float[] vector = new float[dimension];
    for (int i = 0; i < Math.min(4, dimension); i++) {
      vector[random.nextInt(dimension)] = random.nextBoolean() ? 1 : -1;
    }
    return unit(vector);
  }

  static float[] unit(float[] vector) {
    double norm = Vectors.norm(vector);
    if (norm == 0) {
      vector[0] = 1;
      return vector;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / norm);
    }
    return vector;
  }
}
