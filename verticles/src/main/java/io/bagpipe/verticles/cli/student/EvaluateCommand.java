package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.data.TrainTest;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.FeatureExamination;
import io.bagpipe.model.export.ModelFileException;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.cli.base.Terminal;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bagpipe evaluate}: what a student's features are worth, beside the teacher's. */
@Command(
    name = "evaluate",
    description = {
      "Says what a student's features are worth on labelled images: kNN, linear probes, fine-tuning on"
          + " few labels; RankMe, uniformity, alignment, agreement with the teacher. The teacher's own"
          + " figures and an untrained student's stand beside them. Each measure, its source, and how"
          + " to read it: docs/evaluation.md.",
      "DIR holds IDX files, class/name.png (or train/ and test/ of such), or archives."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe evaluate ~/.bagpipe --data /usr/share/datasets/fashion-mnist",
      "  bagpipe evaluate student.onnx --data pictures --probes knn,logistic --out report",
      "  bagpipe evaluate seed1.onnx seed2.onnx seed3.onnx --data pictures --json",
      "  bagpipe evaluate best.safetensors --data pictures --probes finetune-1,finetune-10",
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ProbeOptions probes;

  @Parameters(
      paramLabel = "STUDENT",
      arity = "1..*",
      description =
          "A checkpoint, a directory of them or of a run, or an exported student (ONNX,"
              + " safetensors). Several, of several seeds: mean and standard error over them, too.")
  @SuppressWarnings("NullAway.Init")
  private List<Path> students;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Labelled images; where they bring no held-out part, a fixed tenth is that.")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--test",
      paramLabel = "DIR",
      description = "The images to judge, where they lie elsewhere; --data then only teaches.")
  private @Nullable Path test;

  @Option(
      names = "--teacher",
      paramLabel = "TEACHER",
      description = "An ONNX file; none: without; else teacher.path.")
  private @Nullable String teacher;

  @Option(names = "--no-untrained", description = "Without an untrained student beside it.")
  private boolean noUntrained;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write evaluation.json, evaluation.md and evaluation.svg there.")
  private @Nullable Path out;

  @Option(
      names = "--save-features",
      description = "With --out: the features too, as safetensors, to check the figures by.")
  private boolean saveFeatures;

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    if (saveFeatures && out == null) {
      throw new CommandFailedException("--save-features takes --out DIR to write them to");
    }
    BagpipeConfig config = common.config();
    Path features = saveFeatures ? out : null;
    if (out != null) {
      Files.createDirectories(out);
    }
    EvaluationRun.Result result = run(config, features);
    Map<String, Object> document = new EvaluationDocument(result).document();
    if (out != null) {
      EvaluationFiles.write(out, result, document);
    }
    output.print(
        document,
        to -> {
          to.print(EvaluationMarkdown.table(result));
          if (out != null) {
            to.println();
            to.println("report: " + out.resolve(EvaluationFiles.MARKDOWN));
          }
        });
    return ExitCode.OK;
  }

  private EvaluationRun.Result run(BagpipeConfig config, @Nullable Path features)
      throws IOException {
    try {
      EvaluationRun run = new EvaluationRun(config, request(config, features));
      try (ProgressDisplay display =
          ProgressDisplay.start(Terminal.detect(common.err()), () -> List.of(run.now()))) {
        return run.run(display::say);
      }
    } catch (EvaluationException
        | ModelFileException
        | CheckpointException
        | TeacherException
        | IllegalArgumentException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private EvaluationRun.Request request(BagpipeConfig config, @Nullable Path features)
      throws IOException {
    String named = teacher == null ? config.teacher().path() : teacher;
    return new EvaluationRun.Request(
        students,
        TrainTest.of(data, test),
        probes.bank(config.eval()),
        probes.queries(config.eval()),
        named.equals("none") ? null : named,
        !noUntrained,
        new EvaluationRun.Method(
            new FeatureExamination(
                probes.knn(config.eval()),
                probes.sgd(),
                probes.probes(),
                probes.seeds(config.seed())),
            probes.tuning(new Settings(config).engine())),
        features);
  }
}
