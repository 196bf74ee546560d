package io.bagpipe.model.objective;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an objective knows of the next step on a batch before it is made.
 *
 * @param floors what a term of the loss cannot fall below on this batch, whatever the student says;
 *     of the terms of which that is known
 * @param measures what else is worth knowing, by name
 */
public record Outlook(Map<String, Double> floors, Map<String, Double> measures) {
  /** Nothing is known. */
  public static final Outlook NONE = new Outlook(Map.of(), Map.of());

  public Outlook {
    floors = Collections.unmodifiableMap(new LinkedHashMap<>(floors));
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }
}
