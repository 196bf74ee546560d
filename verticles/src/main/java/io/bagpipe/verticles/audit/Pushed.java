package io.bagpipe.verticles.audit;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the log says of one partition of {@code images}.
 *
 * @param partition of the topic
 * @param earliest first offset still in the log; what lies before cannot be audited
 * @param images offsets of records with a value
 * @param dead offsets that were dead-lettered
 * @param held offsets of images that are held out
 */
record Pushed(int partition, long earliest, TreeSet<Long> images, Set<Long> dead, Set<Long> held) {
  static Pushed of(int partition, long earliest) {
    return new Pushed(partition, earliest, new TreeSet<>(), new HashSet<>(), new HashSet<>());
  }
}
