package io.bagpipe.model.export;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import java.util.LinkedHashMap;
import java.util.Map;

/** A trained student, complete with what its files say about it. */
public record Student(
    NetworkSpec spec, StateDict state, Preprocessing preprocessing, Provenance provenance) {
  /**
   * Checks that weights and network fit.
   *
   * @throws IllegalArgumentException naming the first tensor that is missing or has another shape
   */
  public Student {
    spec.check(state);
  }

  /** Provenance and preprocessing as strings for a file's metadata. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>(provenance.properties());
    properties.putAll(preprocessing.properties());
    return properties;
  }
}
