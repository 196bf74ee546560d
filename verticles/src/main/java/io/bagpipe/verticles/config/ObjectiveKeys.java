package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.number;

import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Objectives;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The keys of what one objective alone is configured by: {@code objective.seed.*}. */
final class ObjectiveKeys {
  static final List<Key<?>> KEYS = keys();

  private ObjectiveKeys() {}

  private static List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>();
    for (ObjectiveProvider objective : Objectives.all()) {
      for (ObjectiveOption option : objective.options()) {
        keys.add(key(objective, option));
      }
    }
    return List.copyOf(keys);
  }

  private static Key<Double> key(ObjectiveProvider objective, ObjectiveOption option) {
    return new Key<>(
        "objective." + objective.name() + "." + option.name(),
        number(option.least(), option.most()),
        Double.toString(option.standard()),
        option.words());
  }

  /** What is set for an objective, by the option's name. */
  static Map<String, Double> options(String objective, Values values) {
    Map<String, Double> options = new TreeMap<>();
    ObjectiveProvider provider = Objectives.of(objective);
    for (ObjectiveOption option : provider.options()) {
      options.put(option.name(), values.get(key(provider, option)));
    }
    return options;
  }
}
