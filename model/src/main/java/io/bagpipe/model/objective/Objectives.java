package io.bagpipe.model.objective;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The objectives that there are. Any thread. */
public final class Objectives {
  private static final List<ObjectiveProvider> ALL =
      ServiceLoader.load(ObjectiveProvider.class, Objectives.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(ObjectiveProvider::name))
          .toList();

  private Objectives() {}

  /** All of them, by name. */
  public static List<ObjectiveProvider> all() {
    return ALL;
  }

  /**
   * The objective of this name.
   *
   * @throws IllegalArgumentException that names those there are
   */
  public static ObjectiveProvider of(String name) {
    return ALL.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no objective " + name + "; there are " + String.join(", ", names())));
  }

  /** Their names, in order. */
  public static List<String> names() {
    return ALL.stream().map(ObjectiveProvider::name).collect(Collectors.toList());
  }
}
