package io.bagpipe.verticles.stage;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a record of an inner topic was made with: a digest for each part of the configuration that
 * has a say in it. Travels in the record as {@code made_by}. Immutable.
 *
 * @param digests SHA-256, lower-case hexadecimal
 */
public record Lineage(Map<Part, String> digests) {
  /** Of a record that does not say. */
  public static final Lineage UNKNOWN = new Lineage(Map.of());

  /** A part of the configuration, by what it decides. */
  public enum Part {
    /** What the index view is, and so what features are of. */
    GEOMETRY("geometry", "views.size, views.pad, views.index-resize"),
    /** How the other views are drawn. */
    VIEWS("views", "seed, views.crop.*, views.jitter.*, views.grayscale, views.blur.*, views.flip"),
    /** What a record holds at all. */
    OBJECTIVE("objective", "train.objective"),
    TEACHER_FILE("teacher-file", "the file of teacher.path"),
    TEACHER_OUTPUTS(
        "teacher-outputs",
        "teacher.input, teacher.features, teacher.embedding, teacher.mean, teacher.std,"
            + " teacher.projection, train.embedding"),
    /** Who becomes whose member. */
    BAGS("bags", "seed, bags.*, probe.share");

    private final String word;
    private final String keys;

    Part(String word, String keys) {
      this.word = word;
      this.keys = keys;
    }

    /** The configuration's keys that it is made of, for people. */
    String keys() {
      return keys;
    }
  }

  public Lineage {
    digests = Map.copyOf(digests);
  }

  /** Reads {@code made_by}; words of parts that this version does not know are passed over. */
  public static Lineage parse(String madeBy) {
    Map<Part, String> found = new EnumMap<>(Part.class);
    for (String word : madeBy.split(" ")) {
      int colon = word.indexOf(':');
      for (Part part : Part.values()) {
        if (colon > 0 && word.substring(0, colon).equals(part.word)) {
          found.put(part, word.substring(colon + 1));
        }
      }
    }
    return new Lineage(found);
  }

  /** As a record carries it. */
  public String text() {
    return digests.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
        .map(entry -> entry.getKey().word + ":" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  /** With further parts. */
  public Lineage and(Lineage more) {
    Map<Part, String> all = new EnumMap<>(Part.class);
    all.putAll(digests);
    all.putAll(more.digests);
    return new Lineage(all);
  }

  /** The parts that both know and that differ. */
  public Set<Part> differing(Lineage other) {
    Set<Part> differing = new TreeSet<>();
    digests.forEach(
        (part, digest) -> {
          if (!digest.equals(other.digests.getOrDefault(part, digest))) {
            differing.add(part);
          }
        });
    return differing;
  }

  /** Whether it says nothing. */
  boolean isUnknown() {
    return digests.isEmpty();
  }

  /** The beginning of a part's digest, for people. */
  String brief(Part part) {
    String digest = digests.getOrDefault(part, "");
    return digest.substring(0, Math.min(12, digest.length()));
  }
}
