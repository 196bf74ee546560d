package io.bagpipe.verticles.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.cli.base.Terminal;
import io.bagpipe.verticles.cli.demo.FashionMnist;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.experiment.Cell;
import io.bagpipe.verticles.experiment.CellLog;
import io.bagpipe.verticles.experiment.DotsSvg;
import io.bagpipe.verticles.experiment.ExperimentException;
import io.bagpipe.verticles.experiment.Laboratory;
import io.bagpipe.verticles.experiment.StreamOrder;
import io.bagpipe.verticles.experiment.Table;
import io.bagpipe.verticles.experiment.Table.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench continual}. */
@Command(
    name = "continual",
    description = {
      "What the order of a stream does to a student, and what helps: every image once, the student"
          + " judged on held-out images of all eras after each.",
      "An era is a few classes of one data set, or one of several data sets. What is done is kept in"
          + " OUT, cell by cell: started again, it goes on with what is missing. Needs no Kafka.",
      "Orders: iid, sequential, blurred, imbalanced, concurrent, recurring. Strategies: none,"
          + " reservoir, fifo, minimum-redundancy; NAME+constant keeps the learning rate;"
          + " NAME:KEY=VALUE sets more. docs/evaluation.md says what each is, and the measures.",
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe bench continual runs/continual                     Fashion-MNIST, all of them: hours",
      "  bagpipe bench continual out --orders sequential --strategies none,reservoir --seeds 1",
      "  bagpipe bench continual out --data google --data twitter --set teacher.path=teacher.onnx",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class ContinualBenchCommand implements Callable<Integer> {
  private static final String MARKDOWN = "continual.md";
  private static final String SVG = "continual.svg";
  private static final List<Measure> MEASURES =
      List.of(
          new Measure("knn", "final kNN", "%.4f"),
          new Measure("average_accuracy", "average", "%.4f"),
          new Measure("forgetting", "forgetting", "%.4f"),
          new Measure("worst_forgetting", "worst era", "%.4f"),
          new Measure("forward_transfer", "forward", "%.4f"),
          new Measure("anchors", "anchors", "%.0f"),
          new Measure("seconds", "seconds", "%.0f"),
          new Measure("memory_bytes", "memory, bytes", "%.0f"));

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private Output output;

  @Parameters(paramLabel = "OUT", description = "Directory of the results; made when missing.")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Labelled images; several: each is an era. Else Fashion-MNIST, with the stand-in teacher.")
  private List<Path> data = List.of();

  @Option(
      names = "--orders",
      split = ",",
      paramLabel = "ORDER",
      defaultValue = "iid,sequential,blurred,imbalanced,concurrent,recurring",
      description = "Of the stream (default: all).")
  private List<StreamOrder> orders;

  @Option(
      names = "--strategies",
      split = ",",
      paramLabel = "STRATEGY",
      defaultValue = "none,reservoir,fifo,minimum-redundancy,none+constant,reservoir+constant",
      description = "What is done about it (default: ${DEFAULT-VALUE}).")
  private List<String> strategies;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "SEED",
      defaultValue = "1,2,3",
      description =
          "Of draws, first weights and, but for 1, the order of classes (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Long> seeds;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Of a stream; else 25600, or as many as eras of one length have.")
  private int images;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "2",
      description = "Of an era, where one data set has them all (default: ${DEFAULT-VALUE}).")
  private int classes;

  ContinualBenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (images < 0 || classes < 1) {
      throw new ParameterException(spec.commandLine(), "expected --images and --classes 1 or more");
    }
    distinct("--seeds", seeds);
    distinct("--orders", orders);
    distinct("--strategies", strategies);
    List<Strategy> tried = strategies.stream().map(Strategy::parse).toList();
    try (CellLog log = CellLog.open(out)) {
      return run(tried, log);
    } catch (EvaluationException
        | ExperimentException
        | NotFiniteException
        | TeacherException
        | IllegalArgumentException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void distinct(String option, List<?> values) {
    if (values.isEmpty() || new HashSet<>(values).size() < values.size()) {
      throw new ParameterException(
          spec.commandLine(), option + " " + values + ": expected different ones");
    }
  }

  private int run(List<Strategy> tried, CellLog log) throws IOException, InterruptedException {
    Map<String, String> preferred = new LinkedHashMap<>();
    if (data.isEmpty()) {
      preferred.put("teacher.path", TeacherConfig.BUILTIN);
    }
    BagpipeConfig config = common.sources(preferred).load();
    config.teacher().require();
    List<Path> places =
        data.isEmpty()
            ? List.of(
                FashionMnist.usual(config.data().datasets(), common.err()::println).locate(null))
            : data;
    TeacherSource teacher = TeacherSource.parse(config.teacher().path());
    // every cell asks the teacher itself: its seconds are to be compared
    Laboratory laboratory = new Laboratory(out, teacher, false);
    ContinualBench.Request request =
        new ContinualBench.Request(
            common::sources, preferred, places, classes, orders, tried, seeds, images);
    Map<Cell, Map<String, Object>> cells;
    try (ContinualBench bench = new ContinualBench(request, laboratory, log)) {
      cells = cells(bench);
    }
    Table table = Table.of(MEASURES, cells);
    Map<String, Object> document = document(places, teacher, table, cells);
    write(table, document);
    output.print(
        document,
        to -> {
          to.print(table.markdown());
          to.println();
          to.println("report: " + out.resolve(MARKDOWN));
        });
    return ExitCode.OK;
  }

  private Map<Cell, Map<String, Object>> cells(ContinualBench bench)
      throws IOException, InterruptedException {
    ContinualBench.Forecast forecast = bench.forecast();
    output.printEarly(
        "%d cells, %d of them done already; about %s on this machine, as it is just now"
            .formatted(
                forecast.cells(),
                forecast.done(),
                ProgressDisplay.time(Duration.ofMillis(Math.round(forecast.seconds() * 1000)))));
    try (ProgressDisplay display =
        ProgressDisplay.start(Terminal.detect(common.err()), () -> List.of(bench.now()))) {
      return bench.run(display::say);
    }
  }

  private Map<String, Object> document(
      List<Path> places, TeacherSource teacher, Table table, Map<Cell, Map<String, Object>> cells) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("what", "continual");
    all.put("data", places.stream().map(Path::toString).toList());
    all.put("teacher", teacher.name());
    all.put("seeds", seeds);
    all.put("table", table.document());
    Map<String, Object> each = new LinkedHashMap<>();
    cells.forEach((cell, result) -> each.put(cell.id(), result));
    all.put("cells", each);
    return all;
  }

  private void write(Table table, Map<String, Object> document) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(out.resolve("continual.json"), json.writeValueAsString(document) + "\n");
    Files.writeString(
        out.resolve(MARKDOWN),
        "# Students on streams that are not shuffled\n\n"
            + "kNN over all classes; ± is the standard error over the seeds "
            + seeds
            + ". After each era: the matrices in continual.json.\n\n"
            + table.markdown()
            + "\n![a dot a seed, a stroke at the mean]("
            + SVG
            + ")\n");
    Files.writeString(
        out.resolve(SVG),
        DotsSvg.of("Order, strategy", table, List.of(MEASURES.get(0), MEASURES.get(2))));
  }
}
