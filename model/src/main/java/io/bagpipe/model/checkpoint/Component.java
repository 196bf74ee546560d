package io.bagpipe.model.checkpoint;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What one part of a run remembers: named tensors and counters. The tensors' arrays stay the
 * maker's; they are not copied.
 *
 * @param name of the part, {@code objective} for instance: lower-case letters, digits, '-' and '_'
 * @param kind which implementation of the part remembers it, {@code bingo} for instance: another
 *     one cannot go on from it; empty where there is only one
 * @param tensors float32, by names that mean something to the part
 * @param counters whole numbers, exact to all 64 bits
 */
public record Component(
    String name, String kind, StateDict tensors, SortedMap<String, Long> counters) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");

  public Component {
    // a dot parts a component's name from its tensor's in the file
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "component named \"" + name + "\"; valid: a letter, then letters, digits, '-', '_'");
    }
    counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
  }

  /** A component with its counters in any map. */
  public static Component of(
      String name, String kind, StateDict tensors, Map<String, Long> counters) {
    return new Component(name, kind, tensors, new TreeMap<>(counters));
  }

  /**
   * The tensor of this name.
   *
   * @throws CheckpointException if there is none
   */
  public Tensor tensor(String tensor) {
    Tensor found = tensors.find(tensor);
    if (found == null) {
      throw new CheckpointException("its component " + name + " lacks the tensor " + tensor);
    }
    return found;
  }

  /**
   * The counter of this name.
   *
   * @throws CheckpointException if there is none
   */
  public long counter(String counter) {
    Long found = counters.get(counter);
    if (found == null) {
      throw new CheckpointException("its component " + name + " lacks the counter " + counter);
    }
    return found;
  }
}
