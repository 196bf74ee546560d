package io.bagpipe.model.objective.coss;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.StepLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * CoSS: anchors and the members of their bags go through the student in one pass, each in a view
 * that the teacher has seen too. Remembers nothing. Confined to the training thread.
 */
final class CossObjective implements Objective {
  static final String NAME = "coss";
  static final String FEATURE = "feature";
  static final String SPACE = "space";

  /** Rows of an anchor: its own and its member's. */
  static final int ROWS = 2;

  private final CossLoss loss;
  private final int dimension;

  CossObjective(CossLoss loss, int dimension) {
    this.loss = loss;
    this.dimension = dimension;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    byte[] anchors = batch.view(Ingredient.QUERY_VIEW);
    byte[] members = batch.view(Ingredient.MEMBER_QUERY_VIEW);
    byte[] pixels = new byte[anchors.length + members.length];
    System.arraycopy(anchors, 0, pixels, 0, anchors.length);
    System.arraycopy(members, 0, pixels, anchors.length, members.length);
    float[] targets = targets(batch);
    Map<String, Double> terms = new LinkedHashMap<>();
    double value =
        student.run(
            "anchors' and members'",
            pixels,
            ROWS * batch.size(),
            outputs -> {
              CossLoss.Parts parts = loss.of(outputs, targets, dimension);
              terms.put(FEATURE, parts.feature());
              terms.put(SPACE, parts.space());
              return parts.sum();
            });
    return new StepLoss(value, terms, Map.of());
  }

  private static float[] targets(AnchorBatch batch) {
    float[] anchors = batch.vectors(Ingredient.QUERY_EMBEDDING);
    float[] members = batch.vectors(Ingredient.MEMBER_QUERY_EMBEDDING);
    float[] targets = new float[anchors.length + members.length];
    System.arraycopy(anchors, 0, targets, 0, anchors.length);
    System.arraycopy(members, 0, targets, anchors.length, members.length);
    return targets;
  }

  @Override
  public void updated(AnchorBatch batch) {
    // remembers nothing
  }

  @Override
  public ObjectiveState state() {
    return ObjectiveState.of(NAME, new StateDict(), Map.of());
  }

  @Override
  public void restore(ObjectiveState state) {
    state.requireOnly(Set.of());
  }

  @Override
  public void close() {
    // owns nothing
  }
}
