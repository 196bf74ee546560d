package io.bagpipe.model.objective;

import java.util.Map;

/**
 * What fixes an objective beside data, network and optimiser.
 *
 * @param queue negatives kept, by an objective that has a queue
 * @param temperature of the student's softmax, by an objective that has one
 * @param warmupImages images in which an objective that warms up does so
 * @param seed of its random draws
 * @param options the objective's own, by {@link ObjectiveOption#name}; those that are missing have
 *     their standard value
 */
public record ObjectiveConfig(
    int queue, float temperature, long warmupImages, long seed, Map<String, Double> options) {
  public ObjectiveConfig {
    if (warmupImages < 0) {
      throw new IllegalArgumentException(
          "warm-up of " + warmupImages + " images; valid: 0 or more");
    }
    options = Map.copyOf(options);
  }

  /** The value of an option. */
  public double option(ObjectiveOption option) {
    double value = options.getOrDefault(option.name(), option.standard());
    if (!(value >= option.least() && value <= option.most())) {
      throw new IllegalArgumentException(
          option.name() + " " + value + "; valid: " + option.least() + " to " + option.most());
    }
    return value;
  }
}
