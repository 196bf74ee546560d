package io.bagpipe.model.objective;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an objective says of one step.
 *
 * @param loss what was descended, nats where it is a cross-entropy
 * @param terms its parts by name, as {@link ObjectiveProvider#terms} lists them and in that order
 * @param measures what else is worth knowing of the step, by name; not part of the loss
 */
public record StepLoss(double loss, Map<String, Double> terms, Map<String, Double> measures) {
  public StepLoss {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }
}
