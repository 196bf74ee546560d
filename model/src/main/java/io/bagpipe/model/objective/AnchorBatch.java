package io.bagpipe.model.objective;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The anchors of one step, ingredient by ingredient, in the same order in each. The arrays are the
 * caller's, are not copied, and are not changed.
 */
public final class AnchorBatch {
  private final int size;
  private final Map<Ingredient, byte[]> views = new EnumMap<>(Ingredient.class);
  private final Map<Ingredient, float[]> vectors = new EnumMap<>(Ingredient.class);

  /**
   * @param size anchors
   */
  public AnchorBatch(int size) {
    this.size = size;
  }

  /**
   * Adds views.
   *
   * @param pixels uint8 [size, side, side, 3]
   */
  public AnchorBatch with(Ingredient ingredient, byte[] pixels) {
    require(ingredient, Ingredient.Kind.PIXELS);
    views.put(ingredient, pixels);
    return this;
  }

  /**
   * Adds vectors.
   *
   * @param rows float32 [size, embedding] unit rows
   */
  public AnchorBatch with(Ingredient ingredient, float[] rows) {
    require(ingredient, Ingredient.Kind.VECTOR);
    vectors.put(ingredient, rows);
    return this;
  }

  private static void require(Ingredient ingredient, Ingredient.Kind kind) {
    if (ingredient.kind() != kind) {
      throw new IllegalArgumentException(ingredient + " is of " + ingredient.kind());
    }
  }

  /** Anchors. */
  public int size() {
    return size;
  }

  /** Views, uint8 [size, side, side, 3]. */
  public byte[] view(Ingredient ingredient) {
    return found(ingredient, views.get(ingredient));
  }

  /** Vectors, float32 [size, embedding] unit rows. */
  public float[] vectors(Ingredient ingredient) {
    return found(ingredient, vectors.get(ingredient));
  }

  /** Bytes or values of an ingredient; -1 where the batch has none of it. */
  public int length(Ingredient ingredient) {
    byte[] pixels = views.get(ingredient);
    float[] rows = vectors.get(ingredient);
    return pixels != null ? pixels.length : rows != null ? rows.length : -1;
  }

  private static <T> T found(Ingredient ingredient, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("a batch without " + ingredient);
    }
    return value;
  }
}
