package io.bagpipe.verticles.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a preset sets: those of this build are YAML files beside this class, others are files that
 * extend one. A layer of the configuration, over the built-in defaults and under all others.
 */
final class Presets {
  static final List<String> NAMES = List.of("fashion-mnist", "cifar", "small-photos", "imagenet");
  static final String VALID =
      String.join(", ", NAMES) + ", or a YAML file (.yaml, .yml) that extends one of them";

  private static final String EXTENDS = "extends";

  private Presets() {}

  /** Whether a text may name one; the file need not be there. */
  static boolean isOne(String text) {
    return NAMES.contains(text) || isFile(text);
  }

  private static boolean isFile(String text) {
    return text.endsWith(".yaml") || text.endsWith(".yml");
  }

  /**
   * A value of a preset, and who set it: {@code preset imagenet}, or the file that extends it.
   *
   * @param origin for messages
   */
  record Setting(String text, String origin) {}

  /**
   * Everything that a preset sets, by key path.
   *
   * @param chosen a name, or a file
   * @param home what a leading {@code ~} stands for
   * @throws ConfigException when a file cannot be read, extends nothing, or itself
   */
  static Map<String, Setting> settings(String chosen, Path home) {
    Map<String, Setting> found = new LinkedHashMap<>();
    List<String> line = new ArrayList<>();
    Optional<Place> next = Optional.of(Place.of(chosen, Path.of(""), home));
    while (next.isPresent()) {
      Place place = next.get();
      String origin = place.origin();
      if (line.contains(origin)) {
        throw new ConfigException(origin + ": extends itself (" + String.join(", ", line) + ")");
      }
      line.add(origin);
      Map<String, String> read = place.read();
      String base = read.remove(EXTENDS);
      read.forEach((path, text) -> found.putIfAbsent(path, new Setting(text, origin)));
      next = base(place, base, home);
    }
    return found;
  }

  private static Optional<Place> base(Place of, @Nullable String base, Path home) {
    Path file = of.file();
    if (base == null) {
      if (file == null) {
        return Optional.empty();
      }
      throw new ConfigException(
          of.origin() + ": a preset extends another; expected " + EXTENDS + ": " + VALID);
    }
    if (!isOne(base)) {
      throw new ConfigException(
          EXTENDS
              + ": \""
              + base
              + "\" is not valid; expected "
              + VALID
              + " (in "
              + of.origin()
              + ")");
    }
    Path parent = file == null ? null : file.getParent();
    return Optional.of(Place.of(base, parent == null ? Path.of("") : parent, home));
  }

  /**
   * Where a preset is.
   *
   * @param file null: inside the build
   */
  private record Place(String name, @Nullable Path file) {
    static Place of(String name, Path beside, Path home) {
      if (!isFile(name)) {
        return new Place(name, null);
      }
      Path file = name.startsWith("~/") ? home.resolve(name.substring(2)) : beside.resolve(name);
      return new Place(name, file.normalize());
    }

    String origin() {
      return "preset " + (file == null ? name : file);
    }

    Map<String, String> read() {
      if (file != null) {
        if (!Files.isRegularFile(file)) {
          throw new ConfigException("preset: \"" + file + "\" is no file; expected " + VALID);
        }
        return YamlFile.read(file);
      }
      String resource = "presets/" + name + ".yaml";
      try (InputStream in = Presets.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is not in this build");
        }
        return YamlFile.parse(origin(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
