package io.bagpipe.model.eval;

import io.bagpipe.model.objective.NotFiniteException;
import java.util.Arrays;

/**
 * All images of one kind through a network, a few at a time. Used once, on the network's thread.
 */
final class FeaturePass implements LabelledViews.Sink {
  /** Images after which a pass begins anew, so that a pass holds the same ones as ever. */
  private static final int STRIDE = 256;

  /** Takes a row of features. */
  @FunctionalInterface
  interface Rows {
    /** The array is the taker's to keep. */
    void add(float[] row, int label);
  }

  /** Asked whether to go on. */
  @FunctionalInterface
  interface Going {
    boolean on(long done);
  }

  private final FeatureEncoder encoder;
  private final LabelledViews views;
  private final Rows rows;
  private final Going going;
  private final int image;
  private final byte[] pixels;
  private final int[] labels;
  private int waiting;
  private int done;
  private boolean ended;

  /**
   * @param batch images at once, at most {@value #STRIDE} of them
   */
  FeaturePass(FeatureEncoder encoder, int batch, LabelledViews views, Rows rows, Going going) {
    this.encoder = encoder;
    this.views = views;
    this.rows = rows;
    this.going = going;
    this.image = encoder.inputSize() * encoder.inputSize() * 3;
    this.labels = new int[Math.min(batch, STRIDE)];
    this.pixels = new byte[Math.multiplyExact(labels.length, image)];
  }

  /** False when it was ended. */
  boolean run() {
    views.read(this);
    if (!ended && waiting > 0) {
      flush();
    }
    return !ended;
  }

  @Override
  public boolean take(byte[] view, int label) {
    if (view.length != image) {
      throw new IllegalArgumentException(
          "a view of " + view.length + " bytes; valid: " + image + " bytes each");
    }
    System.arraycopy(view, 0, pixels, waiting * image, image);
    labels[waiting++] = label;
    if (waiting == labels.length || (done + waiting) % STRIDE == 0) {
      flush();
    }
    return !ended;
  }

  private void flush() {
    int dimension = encoder.dimension();
    float[] features = encoder.features(pixels, waiting);
    for (int i = 0; i < waiting * dimension; i++) {
      if (!Float.isFinite(features[i])) {
        throw new NotFiniteException(
            "the student's feature of image " + (done + i / dimension) + " holds " + features[i]);
      }
    }
    for (int i = 0; i < waiting; i++) {
      rows.add(Arrays.copyOfRange(features, i * dimension, (i + 1) * dimension), labels[i]);
    }
    done += waiting;
    waiting = 0;
    ended = !going.on(done);
  }
}
