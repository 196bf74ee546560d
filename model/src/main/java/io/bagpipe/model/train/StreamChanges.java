package io.bagpipe.model.train;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a run met changes of its stream, and where its learning rate last began anew.
 *
 * @param at anchors trained until each change, by its name; the newest {@link #MOST}
 * @param restarted anchors trained until the learning rate last began anew; 0: it never did
 */
public record StreamChanges(Map<String, Long> at, long restarted) {
  /** Changes that are remembered. */
  public static final int MOST = 100;

  /** None was met. */
  public static final StreamChanges NONE = new StreamChanges(Map.of(), 0);

  public StreamChanges {
    at = Collections.unmodifiableMap(new TreeMap<>(at));
  }

  /**
   * With one more.
   *
   * @param restart whether the learning rate begins anew there
   */
  StreamChanges with(String name, long anchors, boolean restart) {
    Map<String, Long> all = new TreeMap<>(at);
    all.put(name, anchors);
    while (all.size() > MOST) {
      all.remove(
          Collections.min(all.entrySet(), Map.Entry.<String, Long>comparingByValue()).getKey());
    }
    return new StreamChanges(all, restart ? anchors : restarted);
  }
}
