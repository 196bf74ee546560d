package io.bagpipe.verticles.cli.student;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.TrainTest;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.export.ModelFileException;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.cli.base.Terminal;
import io.bagpipe.verticles.cli.demo.FashionMnist;
import io.bagpipe.verticles.cli.student.ReproductionReport.Equal;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.experiment.Cell;
import io.bagpipe.verticles.experiment.CellLog;
import io.bagpipe.verticles.experiment.ExperimentException;
import io.bagpipe.verticles.experiment.Laboratory;
import io.bagpipe.verticles.experiment.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bagpipe reproduce}: the paper's comparison, on this machine. */
@Command(
    name = "reproduce",
    description = {
      "Compares objectives: trains a student by each of them with each seed, evaluates all as evaluate"
          + " does, and puts the untrained network, the teacher and the published table beside them."
          + " Needs no Kafka: the service's own stages run in this process, one after the other, and"
          + " end with the weights of a service with one partition.",
      "What is done is kept in OUT, cell by cell: stopped or killed, and started again in the same"
          + " way, it goes on with what is missing. docs/evaluation.md says more."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe reproduce runs/compared                                  Fashion-MNIST, three objectives",
      "  bagpipe reproduce out --objectives bingo,seed --images 6400 --set student.width=16",
      "  bagpipe reproduce out --objectives bingo,bingo:train.batch=64 --equal seconds",
      "  bagpipe reproduce out --data emoji/google --set teacher.path=teacher.onnx",
    })
public final class ReproduceCommand implements Callable<Integer> {
  private static final String MEASURED = "measured.json";

  /** What is computed on features, and pairs of views, beside looking at the images. */
  private static final double EVALUATION = 3;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Parameters(paramLabel = "OUT", description = "Directory of the comparison; made when missing.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Labelled images: IDX files, class/name.png, archives. Else Fashion-MNIST, with the stand-in"
              + " teacher.")
  private @Nullable Path data;

  @Option(
      names = "--test",
      paramLabel = "DIR",
      description = "The images to judge, where they lie elsewhere.")
  private @Nullable Path test;

  @Option(
      names = "--objectives",
      split = ",",
      paramLabel = "OBJECTIVE",
      defaultValue = "bingo,seed,moco-v2",
      description =
          "Which; one with keys of its own is OBJECTIVE:KEY=VALUE:KEY=VALUE (default:"
              + " ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private List<String> objectives;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "SEED",
      defaultValue = "1,2,3",
      description = "Of order, draws and first weights (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private List<Long> seeds;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "25600",
      description = "Images that a student is trained on (default: ${DEFAULT-VALUE}).")
  private long images;

  @Option(
      names = "--equal",
      paramLabel = "WHAT",
      defaultValue = "images",
      description =
          "images: each objective the same; seconds: as many as it is trained on in the time that"
              + " --images take by the first (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Equal equal;

  @Option(
      names = "--probes",
      split = ",",
      paramLabel = "PROBE",
      converter = ProbeOptions.ProbeConverter.class,
      defaultValue = "knn,ridge,logistic",
      description = "As of evaluate (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private List<Probe> probes;

  ReproduceCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Rival> rivals = objectives.stream().map(Rival::parse).toList();
    check(rivals);
    try (CellLog log = CellLog.open(out)) {
      return run(rivals, log);
    } catch (EvaluationException
        | ExperimentException
        | ModelFileException
        | NotFiniteException
        | TeacherException
        | IllegalArgumentException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void check(List<Rival> rivals) {
    if (images < 1) {
      throw new CommandFailedException("--images " + images + ": expected at least 1");
    }
    if (new HashSet<>(seeds).size() < seeds.size() || seeds.isEmpty()) {
      throw new CommandFailedException("--seeds " + seeds + ": expected different ones");
    }
    if (new HashSet<>(rivals).size() < rivals.size()) {
      throw new CommandFailedException("--objectives: one is named twice");
    }
  }

  private int run(List<Rival> rivals, CellLog log) throws IOException, InterruptedException {
    Map<String, String> preferred = new LinkedHashMap<>();
    if (data == null) {
      preferred.put("teacher.path", TeacherConfig.BUILTIN);
    }
    BagpipeConfig config = common.sources(preferred).load();
    config.teacher().require();
    Path found = FashionMnist.usual(config.data().datasets(), common.err()::println).locate(data);
    TrainTest parts = TrainTest.of(found, test);
    TeacherSource source = TeacherSource.parse(config.teacher().path());
    Laboratory laboratory = new Laboratory(out, source, true);
    Map<String, Long> same = new LinkedHashMap<>();
    rivals.forEach(rival -> same.put(rival.name(), images));
    Reproduction.Request request =
        new Reproduction.Request(
            common::sources, preferred, parts, rivals, seeds, same, EnumSet.copyOf(probes));
    Map<String, Pace> paces = new LinkedHashMap<>();
    if (equal == Equal.SECONDS) {
      request = timed(request, laboratory, paces);
    }
    Reproduction reproduction = new Reproduction(request, laboratory, log);
    List<Reproduction.Planned> plan = reproduction.plan();
    output.printEarly(forecast(plan, log, request, laboratory, paces));
    Map<Cell, Map<String, Object>> cells;
    try (ProgressDisplay display =
        ProgressDisplay.start(Terminal.detect(common.err()), () -> List.of(reproduction.now()))) {
      cells = reproduction.run(plan, display::say);
    }
    ReproductionReport report =
        new ReproductionReport(
            request, request.config(rivals.get(0), seeds.get(0)), source.name(), equal, cells);
    report.write(out);
    output.print(
        report.document(),
        to -> {
          to.print(report.words());
          to.println();
          to.println("report: " + out.resolve(ReproductionReport.MARKDOWN));
        });
    return ExitCode.OK;
  }

  /** Says what there is to do, and how long it takes. */
  private String forecast(
      List<Reproduction.Planned> plan,
      CellLog log,
      Reproduction.Request request,
      Laboratory laboratory,
      Map<String, Pace> paces)
      throws IOException, InterruptedException {
    double seconds = 0;
    int missing = 0;
    for (Reproduction.Planned planned : plan) {
      if (log.find(planned.cell()).isPresent()) {
        continue;
      }
      missing++;
      Rival rival = planned.rival() == null ? request.rivals().get(0) : planned.rival();
      Pace pace = pace(rival, request, laboratory, paces);
      var eval = request.config(rival, seeds.get(0)).eval();
      seconds +=
          planned.images() * pace.secondsAnImage()
              + EVALUATION * ((double) eval.bank() + eval.queries()) * pace.secondsALook();
    }
    return "%d cells, %d of them done already; about %s on this machine, as it is just now"
        .formatted(
            plan.size(),
            plan.size() - missing,
            ProgressDisplay.time(Duration.ofMillis(Math.round(seconds * 1000))));
  }

  private Pace pace(
      Rival rival, Reproduction.Request request, Laboratory laboratory, Map<String, Pace> paces)
      throws IOException, InterruptedException {
    Pace known = paces.get(rival.name());
    if (known != null) {
      return known;
    }
    BagpipeConfig config = request.config(rival, seeds.get(0), images);
    // without what the teacher said before: that is what an image costs
    Laboratory anew = new Laboratory(out, laboratory.source(), false);
    try (TeacherEncoder teacher = anew.teacher(config);
        ImageSource source =
            ImageSources.open(request.data().train(), request.data().trainSplit())) {
      Pace measured = Pace.of(config, teacher, laboratory.source().sha256(), source);
      paces.put(rival.name(), measured);
      return measured;
    }
  }

  /**
   * The same, each rival with the images that it takes in as long as the first. What was measured
   * once holds for all that goes into this directory: a comparison that goes on does not change.
   */
  private Reproduction.Request timed(
      Reproduction.Request request, Laboratory laboratory, Map<String, Pace> paces)
      throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    Path file = out.resolve(MEASURED);
    Map<String, Double> measured =
        Files.exists(file)
            ? json.readValue(file.toFile(), new TypeReference<Map<String, Double>>() {})
            : new LinkedHashMap<>();
    for (Rival rival : request.rivals()) {
      if (!measured.containsKey(rival.name())) {
        measured.put(rival.name(), pace(rival, request, laboratory, paces).secondsAnImage());
      }
    }
    Files.writeString(file, json.writeValueAsString(measured) + "\n");
    double first = Objects.requireNonNull(measured.get(request.rivals().get(0).name()));
    Map<String, Long> lengths = new LinkedHashMap<>();
    for (Rival rival : request.rivals()) {
      double own = Objects.requireNonNull(measured.get(rival.name()));
      lengths.put(rival.name(), Math.max(1, Math.round(images * first / own)));
    }
    return new Reproduction.Request(
        request.configurations(),
        request.preferred(),
        request.data(),
        request.rivals(),
        request.seeds(),
        lengths,
        request.probes());
  }
}
