package io.bagpipe.verticles.stage;

import io.bagpipe.model.objective.Ingredient;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the student's objective asks of the stages before it. Features and bags are made whatever it
 * asks: the window that they fill is also what people look at.
 *
 * @param ingredients of every anchor
 */
public record Needs(Set<Ingredient> ingredients) {
  public Needs {
    ingredients = Collections.unmodifiableSet(EnumSet.copyOf(ingredients));
    if (ingredients.contains(Ingredient.MEMBER_EMBEDDING)
        && ingredients.contains(Ingredient.MEMBER_QUERY_EMBEDDING)) {
      throw new IllegalArgumentException("windows keep one embedding of an image, not two");
    }
  }

  /** Whether key views are drawn. */
  public boolean keyViews() {
    return keyViewsTravel() || keys();
  }

  /** Whether an anchor travels to the student with its key view itself. */
  public boolean keyViewsTravel() {
    return ingredients.contains(Ingredient.KEY_VIEW);
  }

  /** Whether the teacher embeds key views. */
  public boolean keys() {
    return ingredients.contains(Ingredient.KEY_EMBEDDING) || memberKeys();
  }

  /** Whether the teacher embeds query views. */
  public boolean queryEmbeddings() {
    return ingredients.contains(Ingredient.QUERY_EMBEDDING) || memberQueryEmbeddings();
  }

  /** Whether windows keep embeddings of query views, and an anchor travels with its member's. */
  public boolean memberQueryEmbeddings() {
    return ingredients.contains(Ingredient.MEMBER_QUERY_EMBEDDING);
  }

  /** Whether an anchor travels with the query view that its member had as an anchor. */
  public boolean memberQueryViews() {
    return ingredients.contains(Ingredient.MEMBER_QUERY_VIEW);
  }

  /** Whether an anchor travels to the student with its key. */
  public boolean anchorKeys() {
    return ingredients.contains(Ingredient.KEY_EMBEDDING);
  }

  /** Whether windows keep keys, and an anchor travels with its member's. */
  public boolean memberKeys() {
    return ingredients.contains(Ingredient.MEMBER_EMBEDDING);
  }

  /** Whether an anchor travels with a fresh view of a member of its bag. */
  public boolean memberViews() {
    return ingredients.contains(Ingredient.MEMBER_VIEW);
  }
}
