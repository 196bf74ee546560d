package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.image.ImageRejectedException;

/** How an image from outside looks to the student. Confined to the training thread. */
final class Looks {
  private final ViewFactory views;

  Looks(ViewFactory views) {
    this.views = views;
  }

  /**
   * The student's embedding of an encoded image's index view, a unit vector.
   *
   * @throws ImageRejectedException when it cannot be read
   */
  float[] embed(StudentEngine engine, byte[] encoded) throws ImageRejectedException {
    float[] embedding = engine.embed(views.index(encoded), 1);
    double squares = 0;
    for (float value : embedding) {
      squares += (double) value * value;
    }
    float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-24)));
    for (int i = 0; i < embedding.length; i++) {
      embedding[i] *= scale;
    }
    return embedding;
  }
}
