package io.bagpipe.model.objective;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an objective remembers from step to step: a queue, a momentum encoder. A copy, not to be
 * changed.
 *
 * @param objective whose state it is, by {@link ObjectiveProvider#name}
 * @param tensors by name
 * @param counters by name
 */
public record ObjectiveState(
    String objective, StateDict tensors, SortedMap<String, Long> counters) {
  public ObjectiveState {
    counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
  }

  public static ObjectiveState of(String objective, StateDict tensors, Map<String, Long> counters) {
    return new ObjectiveState(objective, tensors, new TreeMap<>(counters));
  }

  /**
   * A counter.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public long counter(String name) {
    Long value = counters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the state of " + objective + " lacks its " + name);
    }
    return value;
  }

  /**
   * Refuses what the objective would forget.
   *
   * @param known tensors and counters
   * @throws IllegalArgumentException naming one that is not known
   */
  public void requireOnly(Set<String> known) {
    Stream.concat(tensors.tensors().stream().map(Tensor::name), counters.keySet().stream())
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "the state of "
                      + objective
                      + " remembers "
                      + name
                      + ", which this program does not know");
            });
  }
}
