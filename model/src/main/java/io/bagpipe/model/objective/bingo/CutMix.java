package io.bagpipe.model.objective.bingo;

import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import java.util.random.RandomGenerator;

/**
 * CutMix of query view and member view (METHOD: "CutMix of query view and member view"): a box of
 * the query is replaced by the member's same box. One box and one λ for a batch.
 *
 * @param x1 left edge, within the image
 * @param y1 upper edge
 * @param x2 right edge, exclusive; equal to x1 when the box is empty
 * @param y2 lower edge, exclusive
 * @param lambda the part of the image that stays the query's, [0, 1]
 */
public record CutMix(int x1, int y1, int x2, int y2, double lambda) {

  /** The draw of a training step of a student that one process trains. */
  public static CutMix draw(long seed, long step, int size) {
    return draw(seed, new Moment(step, 0), size);
  }

  /** The draw of a training step, and of a rank. */
  static CutMix draw(long seed, Moment moment, int size) {
    Draw draw = Draw.of(seed, moment.rank(), moment.step(), Purpose.CUTMIX);
    double lambda = beta22(draw);
    int centreX = draw.nextInt(size);
    int centreY = draw.nextInt(size);
    return box(size, size, lambda, centreX, centreY);
  }

  /** Beta(2, 2) is the middle one of three uniform draws. */
  static double beta22(RandomGenerator draw) {
    double a = draw.nextDouble();
    double b = draw.nextDouble();
    double c = draw.nextDouble();
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  /** The box for a drawn λ and centre, clipped to the image, and the λ that the box really has. */
  static CutMix box(int width, int height, double lambda, int centreX, int centreY) {
    double ratio = Math.sqrt(1 - lambda);
    int halfWidth = (int) (width * ratio) / 2;
    int halfHeight = (int) (height * ratio) / 2;
    int x1 = clip(centreX - halfWidth, width);
    int x2 = clip(centreX + halfWidth, width);
    int y1 = clip(centreY - halfHeight, height);
    int y2 = clip(centreY + halfHeight, height);
    double area = (double) (x2 - x1) * (y2 - y1);
    return new CutMix(x1, y1, x2, y2, 1 - area / ((double) width * height));
  }

  private static int clip(int value, int extent) {
    return Math.max(0, Math.min(value, extent));
  }

  /**
   * Replaces the box of every image by the member's.
   *
   * @param images uint8 [batch, size, size, 3], changed in place
   * @param members uint8 [batch, size, size, 3]
   */
  public void paste(byte[] images, byte[] members, int batch, int size) {
    int row = size * 3;
    int length = (x2 - x1) * 3;
    for (int image = 0; image < batch; image++) {
      for (int y = y1; y < y2; y++) {
        int at = (image * size + y) * row + x1 * 3;
        System.arraycopy(members, at, images, at, length);
      }
    }
  }
}
