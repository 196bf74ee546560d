package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.eval.FeatureReport;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.Score;
import io.bagpipe.model.eval.ScoreCard;
import io.bagpipe.verticles.cli.student.EvaluationRun.Kind;
import io.bagpipe.verticles.cli.student.EvaluationRun.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An evaluation as one JSON document; what is not known is null. */
final class EvaluationDocument {
  private final EvaluationRun.Result result;

  EvaluationDocument(EvaluationRun.Result result) {
    this.result = result;
  }

  /** Maps, lists, strings and finite numbers. */
  Map<String, Object> document() {
    var request = result.request();
    var probes = request.method().probes();
    KnnClassifier knn = probes.knn();
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("data", request.data().train().toString());
    all.put("test", request.data().test().toString());
    all.put("bank", result.bank());
    all.put("queries", result.truth().length);
    all.put("classes", order(result.classes()).stream().map(result.classes()::get).toList());
    all.put("k", Math.min(knn.k(), result.bank()));
    all.put("temperature", knn.temperature());
    all.put("seeds", probes.seeds());
    all.put(
        "sgd",
        Map.of(
            "epochs", probes.sgd().epochs(),
            "batch", probes.sgd().batch(),
            "lr", probes.sgd().rate()));
    var tuning = request.method().tuning();
    all.put(
        "finetune",
        Map.of("epochs", tuning.epochs(), "batch", tuning.batch(), "lr", tuning.rate()));
    all.put("subjects", result.subjects().stream().map(this::subject).toList());
    Map<String, Object> over = overStudents();
    if (!over.isEmpty()) {
      all.put("over_students", over);
    }
    all.put("notes", result.notes());
    return cast(all);
  }

  private Map<String, Object> subject(Subject subject) {
    FeatureReport report = subject.report();
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("name", subject.name());
    all.put("kind", subject.kind().name().toLowerCase(Locale.ROOT));
    all.put("about", subject.about());
    all.put("dimension", report.dimension());
    Map<String, Object> scores = new LinkedHashMap<>();
    report.scores().forEach((probe, score) -> scores.put(probe.id(), score(score)));
    all.put("probes", scores);
    all.put("rank_me", finite(report.rankMe()));
    all.put("feature_std", finite(report.featureStd()));
    all.put("uniformity", finite(report.uniformity()));
    Double alignment = report.alignment();
    all.put("alignment", alignment == null ? null : finite(alignment));
    FeatureReport.Agreement agreement = report.agreement();
    all.put(
        "agreement",
        agreement == null
            ? null
            : Map.of(
                "nearest",
                agreement.nearest(),
                "overlap",
                agreement.overlap(),
                "k",
                agreement.k()));
    return cast(all);
  }

  private Map<String, Object> score(Score score) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("top1", score.top1());
    all.put("top5", score.top5());
    all.put("standard_error", finite(score.standardError()));
    all.put("sampling_error", score.runs().get(0).samplingError());
    all.put("per_seed", score.runs().stream().map(ScoreCard::top1).toList());
    Map<String, @Nullable Object> recall = new LinkedHashMap<>();
    for (int label : order(result.classes())) {
      recall.put(
          result.classes().get(label),
          finite(
              Score.mean(score.runs().stream().mapToDouble(card -> card.recall(label)).toArray())));
    }
    all.put("per_class", recall);
    int[][] confusion = score.runs().get(0).confusion();
    List<Integer> order = order(result.classes());
    List<List<Integer>> rows = new ArrayList<>();
    for (int truth : order) {
      rows.add(order.stream().map(answer -> confusion[truth][answer]).toList());
    }
    all.put("confusion", rows);
    return cast(all);
  }

  /** Mean and standard error over the students, by probe; empty of one student. */
  private Map<String, Object> overStudents() {
    Map<String, Object> over = new LinkedHashMap<>();
    for (Probe probe : Probe.values()) {
      double[] values = top1(result, probe);
      if (values.length > 1) {
        over.put(
            probe.id(),
            Map.of("top1", Score.mean(values), "standard_error", Score.standardError(values)));
      }
    }
    return over;
  }

  /** Of each student. */
  static double[] top1(EvaluationRun.Result result, Probe probe) {
    return result.subjects().stream()
        .filter(subject -> subject.kind() == Kind.STUDENT)
        .map(subject -> subject.report().scores().get(probe))
        .filter(score -> score != null)
        .mapToDouble(Score::top1)
        .toArray();
  }

  /** Class numbers by name; by value where all names are numbers. */
  static List<Integer> order(List<String> classes) {
    boolean numbers = classes.stream().allMatch(name -> name.matches("\\d{1,9}"));
    Comparator<Integer> byName = Comparator.comparing(classes::get);
    return IntStream.range(0, classes.size())
        .boxed()
        .sorted(
            numbers
                ? Comparator.comparingInt((Integer i) -> Integer.parseInt(classes.get(i)))
                : byName)
        .toList();
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  /** Jackson writes nulls; the checker wants to hear of none. */
  @SuppressWarnings({"unchecked", "NullAway"})
  private static Map<String, Object> cast(Map<String, ?> map) {
    return (Map<String, Object>) map;
  }
}
