package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.TrainTest;
import io.bagpipe.model.eval.FeatureExamination;
import io.bagpipe.model.eval.FeatureReport;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.FineTuning;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.SgdProbe;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.demo.Pusher;
import io.bagpipe.verticles.demo.RunLength;
import io.bagpipe.verticles.experiment.Cell;
import io.bagpipe.verticles.experiment.CellLog;
import io.bagpipe.verticles.experiment.Fingerprint;
import io.bagpipe.verticles.experiment.Laboratory;
import io.bagpipe.verticles.experiment.Table;
import io.bagpipe.verticles.experiment.Training;
import io.bagpipe.verticles.stage.Settings;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Students by several objectives and seeds, each trained and evaluated alike, beside the untrained
 * network and the teacher. What is done is kept cell by cell. Used once, by one thread.
 */
final class Reproduction {
  static final String OBJECTIVE = "objective";
  static final String TEACHER = "teacher";
  static final String UNTRAINED = "untrained";

  private static final int TUNING_EPOCHS = 30;
  private static final int TUNING_BATCH = 32;
  private static final double TUNING_RATE = 0.02;

  /** What a command line becomes, given what it prefers. */
  @FunctionalInterface
  interface Configurations {
    ConfigSources of(Map<String, String> preferred);
  }

  /**
   * What is asked for.
   *
   * @param preferred by the command, beside the length of a run
   * @param images of each rival's run, by its name
   */
  record Request(
      Configurations configurations,
      Map<String, String> preferred,
      TrainTest data,
      List<Rival> rivals,
      List<Long> seeds,
      Map<String, Long> images,
      Set<Probe> probes) {
    /** The configuration of a cell; without a rival, of what is not trained. */
    BagpipeConfig config(@Nullable Rival rival, long seed) {
      long length = rival == null ? 1 : Objects.requireNonNull(images.get(rival.name()));
      return config(rival, seed, length);
    }

    BagpipeConfig config(@Nullable Rival rival, long seed, long length) {
      BagpipeConfig plain = sources(rival, seed, preferred).load();
      Map<String, String> all = new LinkedHashMap<>(preferred);
      all.putAll(RunLength.keys(Math.round(length / (1 - plain.rehearsal().share()))));
      return sources(rival, seed, all).load();
    }

    private ConfigSources sources(@Nullable Rival rival, long seed, Map<String, String> keys) {
      ConfigSources sources = configurations.of(keys).with("seed=" + seed);
      if (rival != null) {
        sources = sources.with("train.objective=" + rival.objective());
        for (String set : rival.sets()) {
          sources = sources.with(set);
        }
      }
      return sources;
    }
  }

  /** A cell, and how to come by it. */
  record Planned(Cell cell, @Nullable Rival rival, long images) {}

  private final Request request;
  private final Laboratory laboratory;
  private final CellLog log;
  private volatile String now = "";

  Reproduction(Request request, Laboratory laboratory, CellLog log) {
    this.request = request;
    this.laboratory = laboratory;
    this.log = log;
  }

  /** What it is doing, for people; any thread. */
  String now() {
    return now;
  }

  /** All cells, in the order of the table: rivals, untrained, teacher. */
  List<Planned> plan() throws IOException {
    String images;
    try (ImageSource source =
        ImageSources.open(request.data().train(), request.data().trainSplit())) {
      images = source.size() + " from " + source.id(0) + " on";
    }
    List<Planned> all = new ArrayList<>();
    // a seed after the other: the first table of all rivals is there early
    for (long seed : request.seeds()) {
      for (Rival rival : request.rivals()) {
        all.add(planned(rival.name(), rival, seed, images));
      }
      all.add(planned(UNTRAINED, null, seed, images));
    }
    all.add(planned(TEACHER, null, request.seeds().get(0), images));
    return all;
  }

  private Planned planned(String name, @Nullable Rival rival, long seed, String images) {
    long length = rival == null ? 0 : Objects.requireNonNull(request.images().get(rival.name()));
    String settings =
        Fingerprint.of(
            request.config(rival, seed),
            laboratory.source().sha256(),
            request.data(),
            images,
            length,
            request.probes().stream().sorted().toList());
    return new Planned(new Cell(Map.of(OBJECTIVE, name), seed, settings), rival, length);
  }

  /**
   * Does what is not done.
   *
   * @param say told of each cell that is
   * @return what came of all of them
   */
  Map<Cell, Map<String, Object>> run(List<Planned> plan, Consumer<String> say)
      throws IOException, InterruptedException {
    Map<Cell, Map<String, Object>> results = new LinkedHashMap<>();
    int done = 0;
    for (Planned planned : plan) {
      Cell cell = planned.cell();
      String place = "cell %d of %d, %s".formatted(++done, plan.size(), cell.id());
      Map<String, Object> result = log.find(cell).orElse(null);
      if (result == null) {
        now = place;
        result = result(planned, place);
        log.add(cell, result);
        say.accept(place + ": " + figures(result));
      }
      results.put(cell, result);
    }
    return results;
  }

  private String figures(Map<String, Object> result) {
    StringBuilder line = new StringBuilder();
    request.probes().stream()
        .sorted()
        .forEach(
            probe ->
                line.append(line.length() == 0 ? "" : ", ")
                    .append(
                        String.format(
                            Locale.ROOT,
                            "%s %s",
                            probe.id(),
                            Table.figure(result, probe.id(), "%.4f"))));
    return line.toString();
  }

  private Map<String, Object> result(Planned planned, String place)
      throws IOException, InterruptedException {
    Map<String, Object> result = new LinkedHashMap<>();
    BagpipeConfig config = request.config(planned.rival(), planned.cell().seed());
    Student student;
    try (TeacherEncoder teacher = laboratory.teacher(config);
        Training training = Training.of(config, teacher, laboratory.source().sha256())) {
      if (planned.rival() != null) {
        train(training, planned, config, place, result);
      }
      student = training.pupil().student(planned.cell().id());
    }
    Path file = write(student, planned.cell().id());
    result.put("student", laboratory.directory().relativize(file).toString());
    boolean teacher = planned.cell().names().containsValue(TEACHER);
    evaluate(config, file, teacher, place, result);
    return result;
  }

  private void train(
      Training training,
      Planned planned,
      BagpipeConfig config,
      String place,
      Map<String, Object> result)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    TrainTest data = request.data();
    try (ImageSource source = ImageSources.open(data.train(), data.trainSplit())) {
      List<Integer> order = Pusher.order(source.size(), config.seed());
      for (long i = 0; i < planned.images(); i++) {
        training.push(source.get(order.get((int) (i % order.size()))));
        now = "%s: %,d of %,d images".formatted(place, i + 1, planned.images());
      }
      training.flush();
    }
    result.put("images", planned.images());
    result.put("anchors", training.pupil().anchors());
    result.put("refused", training.refused());
    result.put("loss", training.pupil().loss());
    result.put("seconds", (System.nanoTime() - began) / 1e9);
  }

  /** Aside first: a file that is there is whole. */
  private Path write(Student student, String id) throws IOException {
    Path file =
        laboratory
            .directory()
            .resolve("students")
            .resolve(id.replaceAll("[^A-Za-z0-9.+_=-]+", "-") + ".onnx");
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
      OnnxModel.write(student, false, out);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  private void evaluate(
      BagpipeConfig config, Path file, boolean teacher, String place, Map<String, Object> result)
      throws IOException {
    Settings settings = new Settings(config);
    var eval = config.eval();
    EvaluationRun run =
        new EvaluationRun(
            config,
            new EvaluationRun.Request(
                List.of(file),
                request.data(),
                eval.bank(),
                eval.queries(),
                teacher ? laboratory.source().toString() : null,
                false,
                new EvaluationRun.Method(
                    new FeatureExamination(
                        new KnnClassifier(eval.k(), eval.temperature()),
                        SgdProbe.PUBLISHED,
                        request.probes(),
                        List.of(config.seed())),
                    new FineTuning(TUNING_EPOCHS, TUNING_BATCH, TUNING_RATE, settings.engine())),
                null));
    now = place + ": evaluating";
    EvaluationRun.Kind kind = teacher ? EvaluationRun.Kind.TEACHER : EvaluationRun.Kind.STUDENT;
    FeatureReport report =
        run.run(note -> {}).subjects().stream()
            .filter(subject -> subject.kind() == kind)
            .findFirst()
            .orElseThrow()
            .report();
    report.scores().forEach((probe, score) -> result.put(probe.id(), score.top1()));
    put(result, "rank_me", report.rankMe());
    put(result, "feature_std", report.featureStd());
    put(result, "uniformity", report.uniformity());
    Double alignment = report.alignment();
    put(result, "alignment", alignment == null ? Double.NaN : alignment);
  }

  /** JSON has no NaN. */
  private static void put(Map<String, Object> into, String key, double value) {
    if (Double.isFinite(value)) {
      into.put(key, value);
    }
  }
}
