package io.bagpipe.model.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses a provider of student engines, and makes engines by it. */
public final class StudentEngines {
  private static final Logger log = LoggerFactory.getLogger(StudentEngines.class);

  private StudentEngines() {}

  /**
   * Makes an engine on the calling thread, which is its training thread from here on, with the
   * weights that the request's seed draws.
   *
   * @throws IllegalArgumentException in one line, if the options name what there is not, or what
   *     cannot run here
   */
  public static StudentEngine create(EngineRequest request, EngineOptions options) {
    StudentEngineProvider provider = choose(options, providers());
    StudentEngine engine = provider.create(request, options);
    engine.load(request.network().initialState(request.seed()));
    log.atInfo()
        .addKeyValue("network", request.network().name())
        .addKeyValue("parameters", engine.parameterCount())
        .addKeyValue("engine", engine)
        .addKeyValue("precision", options.precision())
        .addKeyValue("threads", options.cores())
        .log("student engine ready");
    return engine;
  }

  /** All that the class path has, by name. */
  public static List<StudentEngineProvider> providers() {
    return ServiceLoader.load(StudentEngineProvider.class, StudentEngines.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(StudentEngineProvider::name))
        .toList();
  }

  /**
   * The provider that options mean.
   *
   * @throws IllegalArgumentException in one line, if there is none
   */
  static StudentEngineProvider choose(
      EngineOptions options, List<StudentEngineProvider> providers) {
    boolean any = options.engine().equals(EngineOptions.AUTO);
    List<StudentEngineProvider> named =
        providers.stream()
            .filter(p -> any || p.name().equals(options.engine()))
            .sorted(
                Comparator.comparingInt((StudentEngineProvider p) -> -p.priority(options.device())))
            .toList();
    if (named.isEmpty()) {
      String names =
          providers.stream().map(StudentEngineProvider::name).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          "engine " + options.engine() + "; valid: " + EngineOptions.AUTO + ", " + names);
    }
    StringBuilder why = new StringBuilder();
    for (StudentEngineProvider provider : named) {
      Optional<String> obstacle = obstacle(provider, options);
      if (obstacle.isEmpty()) {
        return provider;
      }
      why.append(why.isEmpty() ? "" : "; ").append("engine ").append(provider.name()).append(": ");
      why.append(obstacle.get());
    }
    throw new IllegalArgumentException(why.toString());
  }

  private static Optional<String> obstacle(StudentEngineProvider provider, EngineOptions options) {
    Optional<String> obstacle = provider.obstacle(options.device());
    if (obstacle.isPresent()) {
      return obstacle;
    }
    List<String> precisions = provider.precisions(options.device());
    return precisions.contains(options.precision())
        ? Optional.empty()
        : Optional.of(
            "precision " + options.precision() + "; valid: " + String.join(", ", precisions));
  }
}
