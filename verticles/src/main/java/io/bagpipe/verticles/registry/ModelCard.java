package io.bagpipe.verticles.registry;

import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.verticles.registry.CardPicture.Bar;
import io.bagpipe.verticles.registry.CardPicture.Group;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Drift;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Span;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One page for the person who must decide whether a student is deployed: what it is, how good
 * beside what, what it has seen, and what nobody knows. Markdown, with a picture beside it.
 */
public final class ModelCard {
  private static final double TWO_SIDED_95 = 1.96;
  private static final int MOST_DRIFTS = 5;

  private final Dossier dossier;
  private final StudentRecord one;
  private final @Nullable Preprocessing preprocessing;

  /**
   * @param preprocessing what turns an image into the student's input; null: not known
   */
  public ModelCard(Dossier dossier, @Nullable Preprocessing preprocessing) {
    this.dossier = dossier;
    this.one = dossier.student();
    this.preprocessing = preprocessing;
  }

  /**
   * Writes {@code NAME.md} and {@code NAME.svg} beside an exported file {@code NAME.ending}; those
   * that are there are replaced by whole ones.
   *
   * @return the card
   */
  public Path beside(Path exported) throws IOException {
    String file = String.valueOf(exported.getFileName());
    int dot = file.lastIndexOf('.');
    String name = dot > 0 ? file.substring(0, dot) : file;
    if (one.scores().isEvaluated()) {
      write(exported.resolveSibling(name + ".svg"), picture());
    } else {
      Files.deleteIfExists(exported.resolveSibling(name + ".svg"));
    }
    return write(exported.resolveSibling(name + ".md"), markdown(file, name + ".svg"));
  }

  private static Path write(Path file, String text) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(aside, text, StandardCharsets.UTF_8);
      return Files.move(
          aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /** Bars of its accuracies, beside those that they are held against. */
  public String picture() {
    List<Group> groups = new ArrayList<>();
    for (String evaluation : evaluations()) {
      groups.add(
          new Group(
              title(evaluation),
              List.of(
                  bar("untrained", dossier.untrained(), evaluation),
                  bar(before(), dossier.before(), evaluation),
                  bar("this student", one, evaluation),
                  bar("its teacher", dossier.teacher(), evaluation))));
    }
    return CardPicture.svg("Student " + one.id() + ": accuracy on held-out images", groups);
  }

  /** What it was asked, of eras last, in their order. */
  private List<String> evaluations() {
    return one.scores().accuracies().keySet().stream()
        .sorted(
            Comparator.comparing(ModelCard::isOfEra)
                .thenComparing(String::length)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static boolean isOfEra(String evaluation) {
    return evaluation.startsWith(Scores.ERA);
  }

  private Bar bar(String name, @Nullable StudentRecord of, String evaluation) {
    Scores scores = comparable(of);
    Double value = scores == null ? null : scores.accuracies().get(evaluation);
    return new Bar(
        name,
        value,
        value == null || scores == null || isOfEra(evaluation)
            ? null
            : margin(value, scores.queries()),
        one.equals(of));
  }

  /** Scores on what this student was judged on, if there are any. */
  private @Nullable Scores comparable(@Nullable StudentRecord of) {
    return of == null || !of.scores().exam().equals(one.scores().exam()) ? null : of.scores();
  }

  private static @Nullable Double margin(double value, long queries) {
    return queries < 1 ? null : (Double) (TWO_SIDED_95 * Math.sqrt(value * (1 - value) / queries));
  }

  private String before() {
    return one.decision().replaced() == null && dossier.before() != null
        ? "serving now"
        : "the one before";
  }

  /**
   * The page.
   *
   * @param file name of the exported file that it goes with; empty: of none
   * @param picture name of the picture that lies beside it
   */
  public String markdown(String file, String picture) {
    StringBuilder page = new StringBuilder();
    Lineage lineage = one.lineage();
    line(page, "# Student %s", one.id());
    line(page, "");
    line(page, "**%s.** %s%s", stage(), one.decision().reason(), decided());
    line(page, "");
    line(page, "| | |");
    line(page, "| --- | --- |");
    if (!file.isEmpty()) {
      row(page, "file", "`" + file + "`");
    }
    row(page, "is", lineage.recipe().architecture() + input());
    row(page, "gives", "features of an image: it is no classifier, and knows no classes");
    row(page, "trained on", trained());
    for (Span span : lineage.images()) {
      row(
          page,
          "from, to",
          format(
              "%s, partition %d: offsets %,d to %,d, %,d images",
              span.topic(), span.partition(), span.from(), span.to(), span.images()));
    }
    row(
        page,
        "by",
        lineage.recipe().objective()
            + ", from the teacher `"
            + digest(lineage.recipe().teacherSha256())
            + "`");
    row(
        page,
        "comes from",
        lineage.parent().isEmpty() ? "no student that is known" : lineage.parent());
    row(page, "saved", one.savedAt() + ", run " + lineage.run());
    row(page, "eras · drift", eras());
    row(
        page,
        "configuration · weights",
        format(
            "`%s` · `%s` (SHA-256)",
            digest(lineage.recipe().configurationSha256()), digest(one.artefact().sha256())));
    line(page, "");
    scores(page, picture);
    unknown(page);
    return page.toString();
  }

  private String stage() {
    return switch (one.stage()) {
      case CANDIDATE -> "A candidate, not promoted";
      case SERVING -> "The student that serves";
      case RETIRED -> "Retired: it does not serve";
      case REFERENCE -> "No student to deploy";
    };
  }

  private String decided() {
    Decision why = one.decision();
    String who = why.by().equals(Decision.PERSON) ? "a person" : "the rule";
    return why.at() == 0
        ? ""
        : " Decided by " + who + ", " + time(why.at()) + (why.held() ? "; held." : ".");
  }

  private static String time(long at) {
    return Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String input() {
    Preprocessing made = preprocessing;
    return made == null
        ? ""
        : format(
            ", for images of %d × %d pixels (how they are prepared: in the file's metadata)",
            made.size(), made.size());
  }

  private String trained() {
    long images = one.lineage().count();
    long rehearsed = one.anchors() - images;
    return format("%,d images", images)
        + (rehearsed > 0 ? format(", and %,d times on remembered ones", rehearsed) : "");
  }

  private String eras() {
    Lineage lineage = one.lineage();
    String eras = lineage.eras().isEmpty() ? "none marked" : String.join(", ", lineage.eras());
    List<Drift> drifts = lineage.drifts();
    int earlier = Math.max(0, drifts.size() - MOST_DRIFTS);
    List<String> newest =
        drifts.subList(earlier, drifts.size()).stream()
            .map(drift -> format("%s at %,d anchors", drift.name(), drift.anchors()))
            .toList();
    return eras
        + " · "
        + (newest.isEmpty() ? "none noticed" : String.join("; ", newest))
        + (earlier == 0 ? "" : format("; and %d before", earlier));
  }

  private void scores(StringBuilder page, String picture) {
    Scores scores = one.scores();
    if (!scores.isEvaluated()) {
      line(page, "## How good it is");
      line(page, "Nobody knows: it was not evaluated. Do not deploy it on its loss alone.");
      line(page, "");
      return;
    }
    line(page, "## How good it is");
    line(page, "| held-out images | untrained | %s | this student | its teacher |", before());
    line(page, "| --- | --- | --- | --- | --- |");
    for (String evaluation : evaluations()) {
      line(
          page,
          "| %s | %s | %s | **%s** | %s |",
          title(evaluation),
          cell(dossier.untrained(), evaluation),
          cell(dossier.before(), evaluation),
          cell(one, evaluation),
          cell(dossier.teacher(), evaluation));
    }
    line(
        page,
        "| rank of the features (RankMe) | %s | %s | %s | %s |",
        rank(dossier.untrained()),
        rank(dossier.before()),
        rank(one),
        rank(dossier.teacher()));
    line(page, "");
    line(
        page,
        "Evaluated on: %s. ± is the interval of 95 %% that so few images leave.",
        scores.exam());
    line(page, "");
    if (scores.accuracies().keySet().stream().anyMatch(ModelCard::isOfEra)) {
      line(
          page,
          "What it knows of an era is asked of few images held out of it (`probe.images` at most),"
              + " each with the others of its era as neighbours: of 100 images an interval is ± 0.06 at"
              + " 0.9, of 500 ± 0.03.");
      line(page, "");
    }
    if (!picture.isEmpty()) {
      line(page, "![accuracy beside what it is held against](%s)", picture);
      line(page, "");
    }
  }

  private String cell(@Nullable StudentRecord of, String evaluation) {
    Bar bar = bar("", of, evaluation);
    Double value = bar.value();
    if (value == null && isOfEra(evaluation)) {
      return "not asked";
    }
    if (value == null) {
      return of != null && of.scores().isEvaluated() ? "on other images" : "not known";
    }
    Double margin = bar.margin();
    return margin == null
        ? String.format(Locale.ROOT, "%.3f", value)
        : String.format(Locale.ROOT, "%.3f ± %.3f", value, margin);
  }

  private static String rank(@Nullable StudentRecord of) {
    Double rank = of == null ? null : of.scores().rankMe();
    return rank == null ? "–" : String.format(Locale.ROOT, "%.1f", rank);
  }

  private void unknown(StringBuilder page) {
    line(page, "## What is not known");
    Set<String> missing = new TreeSet<>();
    if (dossier.untrained() == null && one.scores().isEvaluated()) {
      missing.add("the untrained student's scores");
    }
    if (dossier.teacher() == null && one.scores().isEvaluated()) {
      missing.add("the teacher's scores, and so how much there is left to learn from it");
    }
    if (!missing.isEmpty()) {
      line(page, "- Not measured: %s.", String.join("; ", missing));
    }
    if (one.scores().isEvaluated()) {
      line(
          page,
          "- How it does on images unlike those it was evaluated on, and in your use: neighbours that"
              + " vote say how well features tell those labels apart, and nothing of speed.");
    }
    line(
        page,
        "- What the images of the stream were: the topics and offsets above say which, not whose or of"
            + " what. Labels, if they had any, were not used in training.");
    if (one.lineage().drifts().isEmpty()) {
      line(page, "- Whether the stream changed while it was trained: no change was noted here.");
    }
    if (one.stage() != Stage.SERVING) {
      line(page, "- Whether another serves by now: this page is as of when it was written.");
    }
  }

  private static String title(String evaluation) {
    return switch (evaluation) {
      case "knn_top1" -> "kNN top-1";
      case "linear_top1" -> "linear top-1";
      default -> isOfEra(evaluation) ? era(evaluation) : evaluation.replace('_', ' ');
    };
  }

  /** {@code era_3_0f1e2d3c_knn_top1}: what is left of an era. */
  private static String era(String evaluation) {
    return evaluation
        .replaceFirst("_(\\d+)_([0-9a-f]{8}_)?", " $1: ")
        .replace("knn_top1", "kNN top-1")
        .replace('_', ' ');
  }

  private static String digest(String hexadecimal) {
    return hexadecimal.isEmpty() ? "not known" : hexadecimal;
  }

  private static void row(StringBuilder page, String name, String value) {
    line(page, "| %s | %s |", name, value.replaceAll("\\p{Cntrl}+", " ").replace("|", "\\|"));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static void line(StringBuilder page, String format, Object... values) {
    page.append(format(format, values)).append('\n');
  }
}
