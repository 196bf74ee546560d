package io.bagpipe.verticles.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One cell of a comparison: what is tried, with which seed.
 *
 * @param names what it is, by heading, in the order of the table's columns: {@code objective} to
 *     {@code bingo}; cells that differ in nothing but the seed are one row
 * @param seed of all that is drawn
 * @param settings digest of all that its result depends on, see {@link Fingerprint}
 */
public record Cell(Map<String, String> names, long seed, String settings) {
  public Cell {
    names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
  }

  /** What it is called among the others. */
  public String id() {
    return String.join("/", names.values()) + "/seed-" + seed;
  }
}
