package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.eval.FeatureReport;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.Score;
import io.bagpipe.verticles.cli.student.EvaluationRun.Kind;
import io.bagpipe.verticles.cli.student.EvaluationRun.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An evaluation in Markdown: a table that terminals show well, and a page. */
final class EvaluationMarkdown {
  private static final int NAME = 28;
  private static final int CELL = 15;

  private EvaluationMarkdown() {}

  /** Measures down, networks across: students, untrained, teacher. */
  static String table(EvaluationRun.Result result) {
    List<Subject> subjects = new ArrayList<>(result.subjects());
    subjects.sort((a, b) -> a.kind().compareTo(b.kind()));
    StringBuilder table = new StringBuilder();
    row(table, "", subjects.stream().map(EvaluationMarkdown::heading).toList());
    row(table, "---", subjects.stream().map(s -> "---").toList());
    TreeSet<Probe> probes = new TreeSet<>();
    subjects.forEach(subject -> probes.addAll(subject.report().scores().keySet()));
    for (Probe probe : probes) {
      row(table, probe.id() + " top-1", cells(subjects, probe, true));
      row(table, probe.id() + " top-5", cells(subjects, probe, false));
    }
    measures(table, subjects);
    for (Probe probe : probes) {
      double[] values = EvaluationDocument.top1(result, probe);
      if (values.length > 1) {
        table.append(
            format(
                "%n%s top-1 over %d students: %.4f ± %.4f",
                probe.id(), values.length, Score.mean(values), Score.standardError(values)));
      }
    }
    return table.append(String.format("%n")).toString();
  }

  private static List<String> cells(List<Subject> subjects, Probe probe, boolean top1) {
    return subjects.stream()
        .map(subject -> score(subject.report().scores().get(probe), top1))
        .toList();
  }

  private static String score(@Nullable Score score, boolean top1) {
    if (score == null) {
      return "–";
    }
    if (!top1) {
      return format("%.4f", score.top5());
    }
    double error = score.standardError();
    return format("%.4f", score.top1()) + (Double.isNaN(error) ? "" : format(" ± %.4f", error));
  }

  private static void measures(StringBuilder table, List<Subject> subjects) {
    row(table, "dimension", subjects.stream().map(s -> "" + s.report().dimension()).toList());
    row(table, "RankMe", subjects.stream().map(s -> format("%.1f", s.report().rankMe())).toList());
    row(
        table,
        "uniformity (lower: better)",
        subjects.stream().map(s -> format("%.3f", s.report().uniformity())).toList());
    row(
        table,
        "alignment (lower: better)",
        subjects.stream().map(s -> number("%.4f", s.report().alignment())).toList());
    row(table, "nearest as the teacher's", subjects.stream().map(s -> agreement(s, true)).toList());
    row(table, "of k nearest, shared", subjects.stream().map(s -> agreement(s, false)).toList());
  }

  private static String agreement(Subject subject, boolean nearest) {
    FeatureReport.Agreement agreement = subject.report().agreement();
    return agreement == null
        ? "–"
        : format("%.4f", nearest ? agreement.nearest() : agreement.overlap());
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "–" : format(format, value);
  }

  private static String heading(Subject subject) {
    int slash = subject.name().lastIndexOf('/');
    String name = subject.name().substring(slash + 1);
    return name.isEmpty() ? subject.name() : name.replace("|", "/");
  }

  private static void row(StringBuilder table, String name, List<String> cells) {
    table.append(format("| %-" + NAME + "s |", name));
    cells.forEach(cell -> table.append(format(" %" + CELL + "s |", cell)));
    table.append(String.format("%n"));
  }

  /** The page that goes with the picture. */
  static String page(EvaluationRun.Result result, String picture) {
    var request = result.request();
    var probes = request.method().probes();
    StringBuilder page = new StringBuilder("# What the features are worth\n\n");
    page.append(
        format(
            "%,d labelled images of `%s` teach, %,d of `%s` are judged; %d classes. kNN: k %d, temperature %s, cosine. ridge, logistic: features standardised, penalty 1. sgd: %d epochs, batch %d, lr %s. Seeds of what draws: %s; ± is the standard error over them. The choice of queries alone moves a share of 0.8 by %.4f (one standard error).\n\n",
            result.bank(),
            request.data().train(),
            result.truth().length,
            request.data().test(),
            result.classes().size(),
            Math.min(probes.knn().k(), result.bank()),
            probes.knn().temperature(),
            probes.sgd().epochs(),
            probes.sgd().batch(),
            probes.sgd().rate(),
            probes.seeds(),
            Math.sqrt(0.8 * 0.2 / result.truth().length)));
    page.append(table(result)).append('\n');
    result.subjects().forEach(s -> page.append(format("- %s: %s%n", heading(s), s.about())));
    result.notes().forEach(note -> page.append("- **").append(note).append("**\n"));
    page.append(format("%n![confusion matrix and map of the features](%s)%n", picture));
    page.append(perClass(result));
    return page.toString();
  }

  private static String perClass(EvaluationRun.Result result) {
    StringBuilder page = new StringBuilder("\n## By class, top-1 of the first probe\n\n");
    List<Subject> subjects = result.subjects();
    row(page, "class", subjects.stream().map(EvaluationMarkdown::heading).toList());
    row(page, "---", subjects.stream().map(s -> "---").toList());
    for (int label : EvaluationDocument.order(result.classes())) {
      row(
          page,
          result.classes().get(label).replace("|", "/"),
          subjects.stream().map(s -> recall(s, label)).toList());
    }
    return page.toString();
  }

  private static String recall(Subject subject, int label) {
    Score score = subject.report().scores().values().stream().findFirst().orElse(null);
    if (score == null) {
      return "–";
    }
    double recall = score.runs().get(0).recall(label);
    return Double.isNaN(recall) ? "–" : format("%.4f", recall);
  }

  /** The first student, for the picture. */
  static Subject first(EvaluationRun.Result result) {
    return result.subjects().stream()
        .filter(subject -> subject.kind() == Kind.STUDENT)
        .findFirst()
        .orElseThrow();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
