package io.bagpipe.verticles.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the registry says of a student. Immutable.
 *
 * @param id anchors trained, and the first digits of its weights' digest: the same weights have the
 *     same id, whoever trained them and however often
 * @param anchors trained
 * @param savedAt ISO 8601
 * @param lineage what it comes from
 * @param scores how good it is
 * @param artefact its weights
 * @param decision why it is in its stage
 */
public record StudentRecord(
    String id,
    long anchors,
    Stage stage,
    String savedAt,
    Lineage lineage,
    Scores scores,
    Artefact artefact,
    Decision decision) {
  /** The id of what the others are held against: the student before its first step. */
  public static final String UNTRAINED = "untrained";

  /** The id of what the others are held against: whom they learn from. */
  public static final String TEACHER = "teacher";

  private static final int DIGITS = 8;

  /** Where a student is in its life. */
  public enum Stage {
    /** It does not serve yet, and may. */
    CANDIDATE,
    /** It is the one that is given to whoever asks for a student; there is one. */
    SERVING,
    /** It has served, or was let go of. */
    RETIRED,
    /** No student to deploy; others are held against it. */
    REFERENCE;

    /** As it is written. */
    @JsonValue
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a student comes from.
   *
   * @param run that trained it
   * @param parent id of the student that it was trained on from; empty: of none that is known
   * @param images what it has been trained on, by partition
   * @param recipe how
   * @param eras of the stream that it has seen
   * @param drifts changes of the stream that it has met, the first one first
   */
  public record Lineage(
      String run,
      String parent,
      List<Span> images,
      Recipe recipe,
      List<String> eras,
      List<Drift> drifts) {
    public Lineage {
      images = List.copyOf(images);
      eras = List.copyOf(eras);
      drifts = List.copyOf(drifts);
    }

    /** Images of all partitions. */
    public long count() {
      return images.stream().mapToLong(Span::images).sum();
    }
  }

  /**
   * Images of one partition.
   *
   * @param from the first offset
   * @param to the last
   * @param images how many of them were trained, one that was pushed twice counted twice
   */
  public record Span(String topic, int partition, long from, long to, long images) {}

  /** How a student was made; digests are hexadecimal. */
  public record Recipe(
      String architecture, String teacherSha256, String objective, String configurationSha256) {}

  /**
   * A change of the stream.
   *
   * @param name as the topic {@code drift} has it
   * @param anchors trained until the image that showed it, its batch included
   */
  public record Drift(String name, long anchors) {}

  /**
   * How good a student is.
   *
   * @param accuracies by evaluation, [0, 1]; empty: it was not evaluated
   * @param rankMe effective rank of its features; null: not measured
   * @param featureStd standard deviation of its unit features; null: not measured
   * @param loss of late; null: not measured
   * @param exam what it was evaluated on, for people; scores with another are not compared
   * @param queries images that were judged
   */
  public record Scores(
      Map<String, Double> accuracies,
      @Nullable Double rankMe,
      @Nullable Double featureStd,
      @Nullable Double loss,
      String exam,
      long queries) {
    /** The accuracy that every evaluation has. */
    public static final String KNN = "knn_top1";

    /** Of a linear layer, fitted in closed form. */
    public static final String LINEAR = "linear_top1";

    /**
     * Begins what says how well it knows an era: {@code era_NUMBER_DIGEST_knn_top1}, of images that
     * have no label {@code era_NUMBER_DIGEST_agreement}. It is asked of the era's probe set, whose
     * digest it is.
     */
    public static final String ERA = "era_";

    private static final Pattern OF_ERA = Pattern.compile(ERA + "(\\d{1,9})(_.*)?");

    public Scores {
      accuracies = Collections.unmodifiableMap(new LinkedHashMap<>(accuracies));
    }

    /** The number of the era that an evaluation is of; -1: of none. */
    public static int eraOf(String evaluation) {
      var era = OF_ERA.matcher(evaluation);
      return era.matches() ? Integer.parseInt(era.group(1)) : -1;
    }

    /** Of one that was not evaluated. */
    public static Scores none(@Nullable Double loss) {
      return new Scores(Map.of(), null, null, loss, "", 0);
    }

    /** Whether anything was measured on held-out images. */
    public boolean isEvaluated() {
      return !accuracies.isEmpty();
    }
  }

  /**
   * A student's weights.
   *
   * @param sha256 of the network's tensors
   * @param file in the directory of checkpoints; null: let go of
   */
  public record Artefact(String sha256, @Nullable String file, long bytes) {}

  /**
   * Why a student is where it is.
   *
   * @param reason one sentence
   * @param by {@code rule} or {@code person}
   * @param at epoch milliseconds
   * @param replaced id of the student in whose place it was promoted; null: it never was, or of
   *     none
   * @param held whether the rule promotes nobody in its place
   */
  public record Decision(
      String reason, String by, long at, @Nullable String replaced, boolean held) {
    public static final String RULE = "rule";
    public static final String PERSON = "person";

    Decision because(String why, String who, long when) {
      return new Decision(why, who, when, replaced, false);
    }
  }

  /**
   * A student's id.
   *
   * @param weightsSha256 hexadecimal
   */
  public static String idOf(long anchors, String weightsSha256) {
    return anchors + "-" + weightsSha256.substring(0, DIGITS);
  }

  /** What others are held against: nothing to deploy, and no weights. */
  public static StudentRecord reference(String id, Lineage lineage, Scores scores, long at) {
    return new StudentRecord(
        id,
        0,
        Stage.REFERENCE,
        Instant.ofEpochMilli(at).toString(),
        lineage,
        scores,
        new Artefact("", null, 0),
        new Decision("Others are held against it.", Decision.RULE, at, null, false));
  }

  /** Whether its weights can still be had. */
  public boolean hasFile() {
    return artefact.file() != null;
  }

  StudentRecord in(Stage next, Decision why) {
    return new StudentRecord(id, anchors, next, savedAt, lineage, scores, artefact, why);
  }

  StudentRecord with(Scores measured) {
    return new StudentRecord(id, anchors, stage, savedAt, lineage, measured, artefact, decision);
  }

  StudentRecord with(Artefact kept) {
    return new StudentRecord(id, anchors, stage, savedAt, lineage, scores, kept, decision);
  }

  /** Without its file, which is let go of. */
  StudentRecord letGo() {
    return with(new Artefact(artefact.sha256(), null, artefact.bytes()));
  }
}
