package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.TrainTest;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.eval.DrawnViews;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.EvaluationWatch;
import io.bagpipe.model.eval.FeatureEncoder;
import io.bagpipe.model.eval.FeatureExamination;
import io.bagpipe.model.eval.FeatureExamination.Features;
import io.bagpipe.model.eval.FeatureReport;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.FeatureTable;
import io.bagpipe.model.eval.FineTuning;
import io.bagpipe.model.eval.PrincipalPlane;
import io.bagpipe.model.eval.Score;
import io.bagpipe.model.eval.ScoreCard;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.StudentFile;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An evaluation of students, one after the other, beside teacher and untrained. Used once. */
final class EvaluationRun {
  /** Images a pass; of 224 pixels these take 5 MB, and what a network makes of them some 100. */
  private static final int BATCH = 32;

  /** How labels are read off. */
  record Method(FeatureExamination probes, FineTuning tuning) {}

  /**
   * What is asked for.
   *
   * @param teacher as {@link TeacherSource#parse} takes it; empty: none is known, which is said;
   *     null: without
   * @param features where to write the features; null: nowhere
   */
  record Request(
      List<Path> students,
      TrainTest data,
      int bank,
      int queries,
      @Nullable String teacher,
      boolean untrained,
      Method method,
      @Nullable Path features) {}

  /** Whose features. */
  enum Kind {
    STUDENT,
    UNTRAINED,
    TEACHER
  }

  /**
   * One network and what it came to.
   *
   * @param name the file's, or a word
   * @param about what it is, in a line
   */
  record Subject(String name, Kind kind, String about, FeatureReport report) {}

  /**
   * What came of it.
   *
   * @param classes names, by number
   * @param bank images that taught
   * @param truth [queries] classes
   * @param map [queries][2] of the first student, for a picture
   * @param notes that are to be read with it
   */
  record Result(
      Request request,
      List<String> classes,
      int bank,
      int[] truth,
      double[][] map,
      List<Subject> subjects,
      List<String> notes) {}

  /** The images of one evaluation. */
  private record Images(
      DrawnViews bank, DrawnViews queries, ViewConfig views, Map<String, Integer> classes) {}

  private final BagpipeConfig config;
  private final Settings settings;
  private final Request request;
  private final DecodeLimits limits;
  private final List<String> notes = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();
  private volatile String now = "reading the students";
  private double[][] map = {};
  private int[] truth = {};
  private int taught;

  EvaluationRun(BagpipeConfig config, Request request) {
    this.config = config;
    this.settings = new Settings(config);
    this.request = request;
    this.limits = settings.decodeLimits();
  }

  /** What it is doing, for people; any thread. */
  String now() {
    return now;
  }

  /**
   * Runs it.
   *
   * @param say told what is worth a line
   */
  Result run(Consumer<String> say) throws IOException {
    Map<Path, Student> students = new LinkedHashMap<>();
    for (Path file : request.students()) {
      students.put(file, StudentFile.read(file));
    }
    ViewConfig views = EvaluationViews.of(settings.views(), EvaluationViews.alike(students));
    Map<String, Integer> classes = new LinkedHashMap<>();
    DrawnViews.Making making =
        new DrawnViews.Making(new ViewFactory(views, limits, config.seed()), limits, classes);
    TrainTest data = request.data();
    try (DrawnViews bank =
            DrawnViews.open(
                data.train(), data.trainSplit(), request.bank(), config.seed(), making);
        DrawnViews queries =
            DrawnViews.open(
                data.test(), data.testSplit(), request.queries(), config.seed(), making)) {
      require(bank, queries, classes);
      Features teacher = teacher(new Images(bank, queries, views, classes), students);
      examine(new Images(bank, queries, views, classes), students, teacher);
      notes.forEach(say);
      return new Result(
          request, List.copyOf(classes.keySet()), taught, truth, map, subjects, notes);
    }
  }

  private void require(DrawnViews bank, DrawnViews queries, Map<String, Integer> classes) {
    if (bank.count() == 0 || queries.count() == 0) {
      throw new EvaluationException(
          "%s has %d labelled images to teach and %s %d to judge; both must be at least 1: labels are folders (class/name.png), IDX label files, or name.cls beside name.png in an archive"
              .formatted(
                  request.data().train(), bank.count(), request.data().test(), queries.count()));
    }
    if (classes.size() < 2) {
      throw new EvaluationException(
          request.data().train() + " has one class only, " + classes.keySet());
    }
  }

  private @Nullable Features teacher(Images images, Map<Path, Student> students)
      throws IOException {
    String named = request.teacher();
    if (named == null) {
      return null;
    }
    if (named.isEmpty()) {
      notes.add("without a teacher beside it: neither --teacher nor teacher.path names one");
      return null;
    }
    TeacherSource source = TeacherSource.parse(named);
    students.forEach(
        (file, student) -> {
          String by = student.provenance().teacher();
          if (by.startsWith("sha256:") && !by.endsWith(source.sha256())) {
            notes.add(
                "%s was trained by another teacher than %s: their agreement says little"
                    .formatted(file, source.name()));
          }
        });
    TeacherOptions options = settings.teacher();
    try (TeacherEncoder teacher =
        TeacherEngines.open(
            source,
            new TeacherOptions(
                options.input(),
                options.features(),
                options.embedding(),
                images.views().size(),
                options.chunk(),
                options.threads(),
                options.mean(),
                options.std()),
            settings.teacherEngine())) {
      Features features = features("teacher", FeatureEncoder.of(teacher), images);
      Double alignment = alignment("teacher", FeatureEncoder.of(teacher), images);
      FeatureReport report = probe("teacher", features, alignment, null);
      subjects.add(
          new Subject("teacher", Kind.TEACHER, source.name() + ", as unit vectors", report));
      save("teacher", features);
      return features;
    }
  }

  private void examine(Images images, Map<Path, Student> students, @Nullable Features teacher)
      throws IOException {
    if (request.untrained()) {
      Set<Architecture> seen = new LinkedHashSet<>();
      for (Student student : students.values()) {
        if (seen.add(headless(student.architecture()))) {
          String name = "untrained" + (seen.size() == 1 ? "" : "-" + seen.size());
          StateDict fresh = student.spec().initialState(config.seed());
          Subject subject =
              new Subject(
                  name,
                  Kind.UNTRAINED,
                  student.architecture() + ", seed " + config.seed(),
                  examine(name, student, fresh, images, teacher));
          subjects.add(subject);
        }
      }
    }
    for (Map.Entry<Path, Student> each : students.entrySet()) {
      Student student = each.getValue();
      String name = String.valueOf(each.getKey());
      FeatureReport report = examine(name, student, student.state(), images, teacher);
      subjects.add(
          new Subject(
              name,
              Kind.STUDENT,
              "%s, %,d anchors".formatted(student.architecture(), student.provenance().anchors()),
              report));
    }
  }

  /** Features do not depend on the head, which files may lack. */
  private static Architecture headless(Architecture of) {
    return new Architecture(of.family(), of.width(), of.stem(), Head.DEFAULT);
  }

  private FeatureReport examine(
      String name, Student student, StateDict state, Images images, @Nullable Features teacher)
      throws IOException {
    Preprocessing preprocessing = student.preprocessing();
    PixelNormalizer pixels = new PixelNormalizer(preprocessing.mean(), preprocessing.deviation());
    EngineRequest engineRequest =
        new EngineRequest(student.spec(), preprocessing.size(), BATCH, config.seed(), pixels);
    FeatureReport report;
    try (StudentEngine engine = StudentEngines.create(engineRequest, settings.engine())) {
      engine.load(state);
      FeatureEncoder encoder = FeatureEncoder.of(engine);
      Features features = features(name, encoder, images);
      Double alignment = alignment(name, encoder, images);
      report = probe(name, features, alignment, teacher);
      if (state == student.state() && map.length == 0) {
        map = PrincipalPlane.of(features.queries());
        truth = features.queries().labels();
        taught = features.bank().labels().length;
      }
      save(name, features);
    }
    FineTuning.Start start =
        new FineTuning.Start(student.spec(), state, preprocessing.size(), pixels);
    for (Probe probe : List.of(Probe.FINETUNE_1, Probe.FINETUNE_10)) {
      if (request.method().probes().probes().contains(probe)) {
        report = report.with(probe, fineTune(name, probe, start, images));
      }
    }
    return report;
  }

  private Features features(String name, FeatureEncoder encoder, Images images) {
    boolean two = request.teacher() != null;
    FeatureTable.requireRoom(
        (images.bank().count() + (long) images.queries().count()) * (two ? 2 : 1),
        encoder.dimension());
    FeatureTable bank =
        FeatureTable.of(encoder, images.bank(), BATCH, watch(name + ": features of the bank"));
    FeatureTable queries =
        FeatureTable.of(
            encoder, images.queries(), BATCH, watch(name + ": features of the queries"));
    return new Features(Objects.requireNonNull(bank), Objects.requireNonNull(queries));
  }

  private Double alignment(String name, FeatureEncoder encoder, Images images) {
    return Objects.requireNonNull(
        FeatureExamination.alignment(
            encoder, images.queries().pairs(), BATCH, watch(name + ": pairs of views")));
  }

  private FeatureReport probe(
      String name, Features features, @Nullable Double alignment, @Nullable Features teacher) {
    return request
        .method()
        .probes()
        .examine(features, alignment, teacher, probe -> now = name + ": " + probe.id());
  }

  private Score fineTune(String name, Probe probe, FineTuning.Start start, Images images)
      throws IOException {
    TrainTest data = request.data();
    double share = probe == Probe.FINETUNE_1 ? 0.01 : 0.1;
    int taught = (int) Math.ceil(share * DrawnViews.labelled(data.train(), data.trainSplit()));
    ViewConfig crops = EvaluationViews.crops(images.views());
    List<ScoreCard> cards = new ArrayList<>();
    for (long seed : request.method().probes().seeds()) {
      DrawnViews.Making making =
          new DrawnViews.Making(new ViewFactory(crops, limits, seed), limits, images.classes());
      String what = "%s: %s, %,d labels, seed %d".formatted(name, probe.id(), taught, seed);
      try (DrawnViews few =
          DrawnViews.open(data.train(), data.trainSplit(), taught, seed, making)) {
        FineTuning tuning = request.method().tuning();
        ScoreCard card =
            tuning.run(start, few, images.queries(), images.classes().size(), seed, watch(what));
        cards.add(Objects.requireNonNull(card));
      }
    }
    return new Score(cards);
  }

  private EvaluationWatch watch(String what) {
    now = what;
    return (done, all) -> {
      now = "%s, %,d of %,d".formatted(what, done, all);
      return true;
    };
  }

  private void save(String name, Features features) throws IOException {
    Path directory = request.features();
    if (directory != null) {
      now = "writing the features of " + name;
      EvaluationFiles.features(directory, name, features);
    }
  }
}
