package io.bagpipe.verticles.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Recipe;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** In what two students differ. */
public final class StudentDiff {
  private static final int DIGITS = 12;
  private static final String NONE = "-";

  private StudentDiff() {}

  /** A line of it; values as people read them, a hyphen where there is none. */
  public record Difference(String what, String one, String other) {}

  /**
   * Compares records, and the configurations where both files are here.
   *
   * @param files of this host
   */
  public static List<Difference> of(StudentRecord one, StudentRecord other, StudentFiles files)
      throws IOException {
    Map<String, String> mine = facts(one);
    Map<String, String> its = facts(other);
    boolean sameConfiguration =
        one.lineage()
            .recipe()
            .configurationSha256()
            .equals(other.lineage().recipe().configurationSha256());
    if (!sameConfiguration) {
      Map<String, String> keys = configuration(one, files);
      Map<String, String> others = configuration(other, files);
      if (!keys.isEmpty() && !others.isEmpty()) {
        mine.putAll(keys);
        its.putAll(others);
      }
    }
    List<Difference> differences = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(mine.keySet());
    names.addAll(its.keySet());
    for (String name : names) {
      String left = mine.getOrDefault(name, NONE);
      String right = its.getOrDefault(name, NONE);
      if (!left.equals(right)) {
        differences.add(new Difference(name, left, right));
      }
    }
    return differences;
  }

  private static Map<String, String> facts(StudentRecord one) {
    Map<String, String> facts = new TreeMap<>();
    Lineage lineage = one.lineage();
    Recipe recipe = lineage.recipe();
    Scores scores = one.scores();
    facts.put("anchors", Long.toString(one.anchors()));
    facts.put("stage", one.stage().id());
    facts.put("architecture", recipe.architecture());
    facts.put("objective", recipe.objective());
    facts.put("teacher", digest(recipe.teacherSha256()));
    facts.put("configuration", digest(recipe.configurationSha256()));
    facts.put("weights", digest(one.artefact().sha256()));
    facts.put("parent", lineage.parent().isEmpty() ? NONE : lineage.parent());
    facts.put("evaluated on", scores.exam().isEmpty() ? NONE : scores.exam());
    scores.accuracies().forEach((name, value) -> facts.put("score " + name, number(value)));
    facts.put("score rank_me", number(scores.rankMe()));
    facts.put("score loss", number(scores.loss()));
    for (Span span : lineage.images()) {
      facts.put(
          "images " + span.topic() + "-" + span.partition(),
          "%d to %d (%d)".formatted(span.from(), span.to(), span.images()));
    }
    facts.put("eras", lineage.eras().isEmpty() ? NONE : String.join(", ", lineage.eras()));
    facts.put("drifts", Integer.toString(lineage.drifts().size()));
    return facts;
  }

  private static String digest(String hexadecimal) {
    return hexadecimal.length() <= DIGITS ? hexadecimal : hexadecimal.substring(0, DIGITS) + "…";
  }

  private static String number(@Nullable Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, "%.4f", value);
  }

  /** Empty where the file is not here. */
  private static Map<String, String> configuration(StudentRecord one, StudentFiles files)
      throws IOException {
    String name = one.artefact().file();
    Path file = name == null ? null : files.resolve(name);
    if (file == null || !Files.exists(file)) {
      return new TreeMap<>();
    }
    Map<String, String> keys = new TreeMap<>();
    try {
      flatten(
          "config ",
          new ObjectMapper().readTree(CheckpointFile.readInfo(file).configuration()),
          keys);
    } catch (CheckpointException e) {
      throw new IOException(e.getMessage(), e);
    }
    return keys;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> to) {
    if (node.isObject()) {
      String below = path.endsWith(" ") ? path : path + ".";
      node.properties().forEach(child -> flatten(below + child.getKey(), child.getValue(), to));
    } else {
      to.put(path, node.asText());
    }
  }
}
