package io.bagpipe.verticles.config;

import io.bagpipe.model.teacher.TeacherCard;
import io.bagpipe.model.teacher.TeacherCard.NormalisedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher's file says of the images that it takes, as defaults of the keys that must fit it:
 * the lowest layer but the built-in one. A file that says nothing, or cannot be read, gives none;
 * what is wrong with it is said when the teacher is opened.
 */
final class TeacherDefaults {
  /** Who gave these, for messages. */
  static final String ORIGIN = "the teacher's file";

  private TeacherDefaults() {}

  /** Adds what no other layer has given. */
  static void add(Map<String, Values.Entry> merged, Path home) {
    Values.@Nullable Entry path = merged.get(TeacherConfig.PATH.path());
    if (path == null || path.text().startsWith("builtin:")) {
      return;
    }
    TeacherCard card;
    try {
      card = TeacherCard.read(new Values(merged, home).path(path.text()));
    } catch (IOException | IllegalArgumentException e) {
      return;
    }
    if (card.size() > 0) {
      give(merged, ViewsConfig.SIZE, Integer.toString(card.size()));
      give(merged, ViewsConfig.PAD, Integer.toString(card.pad()));
    }
    if (card.size() > 0 && card.edge() >= card.size() && fits(merged, card.edge())) {
      give(merged, ViewsConfig.INDEX_RESIZE, Integer.toString(card.edge()));
    }
    float[] mean = card.mean();
    float[] std = card.std();
    if (mean != null && std != null) {
      give(merged, ViewsConfig.MEAN, Arrays.toString(mean));
      give(merged, ViewsConfig.STD, Arrays.toString(std));
      if (card.normalisedBy() == NormalisedBy.CALLER) {
        give(merged, TeacherConfig.MEAN, Arrays.toString(mean));
        give(merged, TeacherConfig.STD, Arrays.toString(std));
      }
    }
  }

  /** Whoever asks for larger views than the teacher takes is told so, and not of its edge. */
  private static boolean fits(Map<String, Values.Entry> merged, int edge) {
    Values.Entry size = merged.get(ViewsConfig.SIZE.path());
    try {
      return size == null || Integer.parseInt(size.text()) <= edge;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void give(Map<String, Values.Entry> merged, Key<?> key, String text) {
    merged.putIfAbsent(key.path(), new Values.Entry(text, ORIGIN));
  }
}
