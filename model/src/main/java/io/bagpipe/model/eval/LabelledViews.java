package io.bagpipe.model.eval;

/**
 * Images to evaluate on.
 *
 * @param views uint8 [count, size, size, 3] index views
 * @param labels [count], 0 or more
 */
public record LabelledViews(byte[] views, int[] labels) {
  /** Images. */
  public int count() {
    return labels.length;
  }
}
