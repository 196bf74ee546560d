package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.LabelledViews;
import io.bagpipe.model.eval.StudentEvaluator;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes the configured student, on the training thread that will own it. */
final class StudentFactory {
  private static final int EVALUATION_BATCH = 256;

  private final BagpipeConfig config;
  private final Settings settings;
  private final StudentIdentity identity;
  private final Path checkpoints;

  StudentFactory(
      BagpipeConfig config, Settings settings, StudentIdentity identity, Path checkpoints) {
    this.config = config;
    this.settings = settings;
    this.identity = identity;
    this.checkpoints = checkpoints;
  }

  Student open() throws IOException {
    NetworkSpec spec = identity.network().spec();
    int size = config.views().geometry().size();
    StudentEngine engine =
        StudentEngines.create(
            new EngineRequest(
                spec,
                size,
                settings.objective().imagesAPass(config.train().batch()),
                config.seed(),
                settings.studentPixels()),
            settings.engine());
    Trainer trainer =
        new Trainer(engine, settings.trainer(), settings.objective(), settings.objectiveConfig());
    CheckpointStore store = new CheckpointStore(checkpoints, config.checkpoint().keep());
    Student.Parts parts =
        new Student.Parts(identity, engine, trainer, store, exam(engine), settings.onGap());
    return Student.open(parts, initial(spec, engine));
  }

  private @Nullable StateDict initial(NetworkSpec spec, StudentEngine engine) throws IOException {
    String init = config.student().init();
    return init.isEmpty()
        ? null
        : TorchvisionWeights.load(Path.of(init), spec, engine.state()).state();
  }

  private @Nullable Exam exam(StudentEngine engine) throws IOException {
    var eval = config.eval();
    if (eval.dir().isEmpty()) {
      return null;
    }
    Path data = Path.of(eval.dir());
    EvaluationImages images =
        new EvaluationImages(
            new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()));
    LabelledViews bank = images.read(data, Split.TRAIN, eval.bank());
    LabelledViews queries = images.read(data, Split.HELD_OUT, eval.queries());
    if (bank.count() == 0 || queries.count() == 0) {
      throw new IllegalStateException(
          "eval.dir: "
              + data
              + " has "
              + bank.count()
              + " labelled images to vote and "
              + queries.count()
              + " to judge; both must be at least 1");
    }
    return new Exam(
        new StudentEvaluator(
            engine,
            new KnnClassifier(Math.min(eval.k(), bank.count()), eval.temperature()),
            EVALUATION_BATCH),
        bank,
        queries);
  }
}
