package io.bagpipe.model.teacher;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.onnx.OnnxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses what runs a teacher, and opens teachers by it. */
public final class TeacherEngines {
  private static final Logger log = LoggerFactory.getLogger(TeacherEngines.class);

  private TeacherEngines() {}

  /**
   * Opens a teacher; whoever does closes it. Where engine and device are both left to us, an engine
   * that cannot read the file is passed over, with a warning that says why.
   *
   * @throws TeacherException in one line, if nothing here can run it so
   */
  public static TeacherEncoder open(
      TeacherSource source, TeacherOptions options, TeacherEngineOptions engine) {
    return open(source, options, engine, providers());
  }

  static TeacherEncoder open(
      TeacherSource source,
      TeacherOptions options,
      TeacherEngineOptions engine,
      List<TeacherEngineProvider> providers) {
    String unread = "";
    for (TeacherEngineProvider provider : candidates(engine, providers)) {
      if (!unread.isEmpty()) {
        log.warn("{}; it runs on {}, on the CPU", unread, provider.name());
      }
      try {
        return provider.open(source, options, engine);
      } catch (OnnxException e) {
        unread =
            "teacher "
                + source
                + " cannot be read by engine "
                + provider.name()
                + ": "
                + e.getMessage();
        if (!engine.free()) {
          throw new TeacherException(
              unread + "; teacher.engine onnxruntime on device cpu reads more", e);
        }
      } catch (IllegalArgumentException | IllegalStateException e) {
        throw new TeacherException("teacher " + source + ": " + e.getMessage(), e);
      }
    }
    throw new TeacherException(
        unread
            + "; another engine reads more, but none in precision "
            + engine.precision()
            + ": set teacher.precision to "
            + EngineOptions.FLOAT32);
  }

  /** All that the class path has, by name. */
  public static List<TeacherEngineProvider> providers() {
    return ServiceLoader.load(TeacherEngineProvider.class, TeacherEngines.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(TeacherEngineProvider::name))
        .toList();
  }

  /**
   * Providers that options mean and that can run here, the best first; at least one.
   *
   * @throws TeacherException in one line, if there is none
   */
  private static List<TeacherEngineProvider> candidates(
      TeacherEngineOptions options, List<TeacherEngineProvider> providers) {
    boolean any = options.engine().equals(EngineOptions.AUTO);
    Device device = options.device();
    List<TeacherEngineProvider> named =
        providers.stream()
            .filter(p -> any || p.name().equals(options.engine()))
            .sorted(Comparator.comparingInt((TeacherEngineProvider p) -> -p.priority(device)))
            .toList();
    if (named.isEmpty()) {
      throw new TeacherException(
          "teacher.engine "
              + options.engine()
              + "; valid: "
              + EngineOptions.AUTO
              + ", "
              + providers.stream()
                  .map(TeacherEngineProvider::name)
                  .collect(Collectors.joining(", ")));
    }
    List<TeacherEngineProvider> able = new ArrayList<>();
    List<String> why = new ArrayList<>();
    for (TeacherEngineProvider provider : named) {
      Optional<String> obstacle = obstacle(provider, options);
      if (obstacle.isEmpty()) {
        able.add(provider);
      } else {
        why.add("teacher.engine " + provider.name() + ": " + obstacle.get());
      }
    }
    if (able.isEmpty()) {
      throw new TeacherException(String.join("; ", why));
    }
    return able;
  }

  private static Optional<String> obstacle(
      TeacherEngineProvider provider, TeacherEngineOptions options) {
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
