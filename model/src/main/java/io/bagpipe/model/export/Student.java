package io.bagpipe.model.export;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A trained student, complete with what its files say about it. */
public record Student(
    Architecture architecture,
    StateDict state,
    Preprocessing preprocessing,
    Provenance provenance) {
  /**
   * Checks that weights and network fit.
   *
   * @throws IllegalArgumentException naming the first tensor that is missing or has another shape
   */
  public Student {
    architecture.spec().check(state);
  }

  /** The network. */
  public NetworkSpec spec() {
    return architecture.spec();
  }

  /** Architecture, provenance and preprocessing as strings for a file's metadata. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("student.architecture", architecture.family().torchvisionName());
    properties.put("student.width", Integer.toString(architecture.width()));
    properties.put("student.stem", architecture.stem().name().toLowerCase(Locale.ROOT));
    properties.putAll(provenance.properties());
    properties.putAll(preprocessing.properties());
    return properties;
  }
}
