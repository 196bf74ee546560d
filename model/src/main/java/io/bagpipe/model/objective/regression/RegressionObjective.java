package io.bagpipe.model.objective.regression;

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
 * Regression of the teacher's embedding, scaled to length √dimension, so that its values are about
 * 1 and smooth L1 is not idle. Remembers nothing. Confined to the training thread.
 */
final class RegressionObjective implements Objective {
  static final String NAME = "regression";
  static final String COSINE = "cosine";
  static final String SMOOTH_L1 = "smooth_l1";

  private final RegressionLoss loss;
  private final int dimension;

  RegressionObjective(RegressionLoss loss, int dimension) {
    this.loss = loss;
    this.dimension = dimension;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] targets = scaled(batch.vectors(Ingredient.QUERY_EMBEDDING));
    Map<String, Double> terms = new LinkedHashMap<>();
    double value =
        student.run(
            "query",
            batch.view(Ingredient.QUERY_VIEW),
            batch.size(),
            outputs -> {
              RegressionLoss.Parts parts = loss.of(outputs, targets, dimension);
              terms.put(COSINE, parts.cosine());
              terms.put(SMOOTH_L1, parts.smoothL1());
              return parts.sum();
            });
    return new StepLoss(value, terms, Map.of());
  }

  private float[] scaled(float[] unitRows) {
    float length = (float) Math.sqrt(dimension);
    float[] scaled = new float[unitRows.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = length * unitRows[i];
    }
    return scaled;
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
