package io.bagpipe.verticles.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * The merged text of all layers, by key path.
 *
 * @param entries only keys that some layer gave
 * @param home what a leading {@code ~} in a path stands for
 */
record Values(Map<String, Entry> entries, Path home) {

  /**
   * A given value.
   *
   * @param origin who gave it, for messages: {@code --set}, a file, a variable's name
   * @param preset whether it is a preset's, which is but another default
   */
  record Entry(String text, String origin, boolean preset) {
    Entry(String text, String origin) {
      this(text, origin, false);
    }
  }

  Values {
    entries = Map.copyOf(entries);
  }

  <T> T get(Key<T> key) {
    Entry entry = entries.get(key.path());
    if (entry == null) {
      return key.type().parse(key.standard());
    }
    try {
      return key.type().parse(entry.text());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          key.path()
              + ": \""
              + (key.type().secret() ? "***" : oneLine(entry.text()))
              + "\" is not valid; expected "
              + key.type().valid()
              + " (set by "
              + entry.origin()
              + ")");
    }
  }

  /** Whether somebody asked for this value, beyond a preset. */
  boolean has(Key<?> key) {
    Entry entry = entries.get(key.path());
    return entry != null && !entry.preset();
  }

  /** A path; {@code ~} is the home directory. */
  Path path(Key<String> key) {
    return path(get(key));
  }

  Path path(String text) {
    if (text.equals("~")) {
      return home;
    }
    return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
  }

  private static String oneLine(String s) {
    String line = s.replaceAll("[\\r\\n]+", "\\\\n");
    return line.length() > 80 ? line.substring(0, 77) + "..." : line;
  }
}
