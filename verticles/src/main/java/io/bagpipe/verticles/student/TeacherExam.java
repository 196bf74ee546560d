package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.eval.DrawnViews;
import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.model.eval.FeatureEncoder;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.StudentEvaluator;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.EvalConfig;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.Teachers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates the teacher once, on what students are evaluated on, for the registry to hold them
 * against: some time after the start, so that short runs do without, on a thread of its own.
 * Training does not wait. What fails is said, and nothing else comes of it.
 */
final class TeacherExam {
  private static final Logger LOG = LoggerFactory.getLogger(TeacherExam.class);
  private static final long AFTER_SECONDS = 120;

  private final BagpipeConfig config;
  private final Settings settings;
  private final Registrar registrar;
  private final Thread thread;
  private volatile boolean stopping;

  TeacherExam(BagpipeConfig config, Settings settings, Registrar registrar) {
    this.config = config;
    this.settings = settings;
    this.registrar = registrar;
    this.thread = new Thread(this::run, "bagpipe-teacher-exam");
    thread.setDaemon(true);
  }

  /** Unless the registry has its scores already, or nothing is evaluated here. */
  void start() {
    StudentRecord known = registrar.registry().students().find(StudentRecord.TEACHER);
    boolean same =
        known != null
            && known.scores().exam().equals(registrar.asked().exam())
            && registrar.isOfThisTeacher(known);
    if (registrar.asked().isAnything() && !same) {
      thread.start();
    }
  }

  void stop() {
    stopping = true;
    thread.interrupt();
  }

  private void run() {
    try {
      TimeUnit.SECONDS.sleep(AFTER_SECONDS);
      Evaluation evaluation = evaluate();
      if (evaluation != null) {
        registrar.taught(evaluation);
      }
    } catch (InterruptedException e) {
      LOG.debug("the teacher is not evaluated: stopping");
    } catch (IOException | RuntimeException e) {
      LOG.warn("the teacher's own scores are not known: {}", e.toString());
    }
  }

  private @Nullable Evaluation evaluate() throws IOException {
    EvalConfig eval = config.eval();
    Path data = Path.of(eval.dir());
    var making =
        new DrawnViews.Making(
            new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()),
            settings.decodeLimits(),
            new HashMap<>());
    try (DrawnViews bank = DrawnViews.open(data, Split.TRAIN, eval.bank(), config.seed(), making);
        DrawnViews queries =
            DrawnViews.open(data, Split.HELD_OUT, eval.queries(), config.seed(), making);
        TeacherEncoder teacher =
            Teachers.openHere(TeacherSource.parse(config.teacher().path()), config, settings)) {
      KnnClassifier knn = new KnnClassifier(Math.min(eval.k(), bank.count()), eval.temperature());
      return new StudentEvaluator(FeatureEncoder.of(teacher), knn, config.teacher().batch())
          .evaluate(bank, queries, (done, all) -> !stopping);
    }
  }
}
