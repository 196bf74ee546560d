package io.bagpipe.model.augment;

import io.bagpipe.model.image.Region;

/**
 * torchvision's Resize(shorter side) and CenterCrop(size) as one resize of which only the centre is
 * made.
 *
 * @param image the whole image
 * @param outWidth of the whole image resized
 * @param outHeight of the whole image resized
 * @param window the centre of it that is the view
 */
record IndexGeometry(Region image, int outWidth, int outHeight, Region window) {
  static IndexGeometry of(ViewConfig config, int width, int height) {
    return of(config.size(), config.indexShorterSide(), width, height);
  }

  static IndexGeometry of(int size, int shorterSide, int width, int height) {
    int outWidth = width <= height ? shorterSide : (int) ((long) shorterSide * width / height);
    int outHeight = width <= height ? (int) ((long) shorterSide * height / width) : shorterSide;
    Region window =
        new Region(
            (int) Math.rint((outWidth - size) / 2.0),
            (int) Math.rint((outHeight - size) / 2.0),
            size,
            size);
    return new IndexGeometry(new Region(0, 0, width, height), outWidth, outHeight, window);
  }

  /** Pixels of the image on one of the resized. */
  double scale() {
    return Math.min((double) image.width() / outWidth, (double) image.height() / outHeight);
  }

  Resampler.Box box(int reduction) {
    return Resampler.Box.of(image, reduction, outWidth, outHeight, window);
  }

  /** The part of the image that the window is made of. */
  Region needed() {
    int[] x = span(image.width(), outWidth, window.left(), window.right());
    int[] y = span(image.height(), outHeight, window.top(), window.bottom());
    return new Region(x[0], y[0], x[1] - x[0], y[1] - y[0]);
  }

  private static int[] span(int length, int outLength, int from, int to) {
    double scale = (double) length / outLength;
    double reach = Math.max(scale, 1) + 1;
    int first = (int) Math.floor((from + 0.5) * scale - reach);
    int end = (int) Math.ceil((to - 0.5) * scale + reach);
    return new int[] {Math.max(0, Math.min(length - 1, first)), Math.min(length, Math.max(1, end))};
  }
}
