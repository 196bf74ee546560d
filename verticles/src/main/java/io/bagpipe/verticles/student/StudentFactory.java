package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.eval.DrawnViews;
import io.bagpipe.model.eval.Eras;
import io.bagpipe.model.eval.FeatureEncoder;
import io.bagpipe.model.eval.ProbeExam;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** Makes the configured student, on the training thread that will own it. */
final class StudentFactory {
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

  Student open(Activity activity) throws IOException {
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
        new Student.Parts(
            identity, engine, trainer, store, exam(engine), probes(engine), settings.onGap());
    StateDict initial = initial(spec, engine);
    StageEvent.Doing before = activity.begin(StageState.RESTORING);
    try {
      return Student.open(parts, initial, bytes -> activity.bytes(StageState.RESTORING, bytes));
    } finally {
      activity.back(before);
    }
  }

  private @Nullable StateDict initial(NetworkSpec spec, StudentEngine engine) throws IOException {
    String init = config.student().init();
    return init.isEmpty()
        ? null
        : TorchvisionWeights.load(Path.of(init), spec, engine.state()).state();
  }

  private @Nullable Probes probes(StudentEngine engine) {
    var probe = config.probe();
    return probe.isOn()
        ? new Probes(
            new Eras(probe.images(), probe.eraImages()),
            new ProbeFiles(checkpoints.resolve("probes")),
            new ProbeExam(
                FeatureEncoder.of(engine), config.train().batch(), config.eval().temperature()),
            probe.eraEvery())
        : null;
  }

  private @Nullable Exam exam(StudentEngine engine) throws IOException {
    var eval = config.eval();
    if (eval.dir().isEmpty()) {
      return null;
    }
    var making =
        new DrawnViews.Making(
            new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()),
            settings.decodeLimits(),
            new HashMap<>());
    return Exam.open(eval, engine, config.train().batch(), config.seed(), making);
  }
}
