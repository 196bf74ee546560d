package io.bagpipe.model.objective;

import io.bagpipe.model.engine.StudentEngine;
import java.util.List;
import java.util.Set;

/**
 * Names an objective, says what it needs, and makes it. Found by {@link java.util.ServiceLoader};
 * stateless, any thread.
 */
public interface ObjectiveProvider {
  /** What {@code train.objective} and checkpoints call it, lower case: {@code bingo}. */
  String name();

  /** One line for people: what it does, and its paper. */
  String description();

  /** What it needs of every anchor. */
  Set<Ingredient> needs();

  /** The names of its loss's terms, in the order in which they are shown. */
  List<String> terms();

  /** What it alone is configured by. */
  default List<ObjectiveOption> options() {
    return List.of();
  }

  /**
   * Images that go through the student in one pass, which its engine is made for: more than one an
   * anchor where anchors and their members share one pass and its batch statistics.
   *
   * @param batch anchors of a step
   */
  default int imagesAPass(int batch) {
    return batch;
  }

  /**
   * Makes it, on the training thread.
   *
   * @param engine the student's, for passes of {@link #imagesAPass}
   * @throws IllegalArgumentException for a value that it cannot work with, which the message names
   */
  Objective create(ObjectiveConfig config, StudentEngine engine);
}
