package io.bagpipe.verticles.cli.student;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.experiment.Cell;
import io.bagpipe.verticles.experiment.DotsSvg;
import io.bagpipe.verticles.experiment.Table;
import io.bagpipe.verticles.experiment.Table.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code bagpipe reproduce} says in the end. */
final class ReproductionReport {
  static final String MARKDOWN = "reproduce.md";
  private static final String JSON = "reproduce.json";
  private static final String SVG = "reproduce.svg";

  private final Reproduction.Request request;
  private final BagpipeConfig config;
  private final String teacher;
  private final Equal equal;
  private final List<Measure> probes;
  private final Table table;
  private final Map<Cell, Map<String, Object>> cells;

  /** What rivals get the same of. */
  enum Equal {
    IMAGES,
    SECONDS
  }

  /**
   * @param config of any cell
   * @param teacher its name
   */
  ReproductionReport(
      Reproduction.Request request,
      BagpipeConfig config,
      String teacher,
      Equal equal,
      Map<Cell, Map<String, Object>> cells) {
    this.request = request;
    this.config = config;
    this.teacher = teacher;
    this.equal = equal;
    this.cells = cells;
    this.probes =
        request.probes().stream()
            .sorted()
            .map(probe -> new Measure(probe.id(), heading(probe), "%.4f"))
            .toList();
    List<Measure> all = new ArrayList<>(probes);
    all.add(new Measure("rank_me", "RankMe", "%.1f"));
    all.add(new Measure("images", "images", "%.0f"));
    this.table = Table.of(all, cells);
  }

  private static String heading(Probe probe) {
    return probe.id() + " top-1";
  }

  /** For terminals. */
  String words() {
    return table.markdown()
        + "\nPublished (BINGO, ICLR 2022; ImageNet-1k, linear, top-1 in per cent):\n"
        + Published.TABLE
        + "\nWhat differs:\n"
        + differences();
  }

  private String differences() {
    String arch = config.student().arch().torchvisionName();
    return String.format(
        Locale.ROOT,
        """
        - data: %s, not ImageNet-1k
        - teacher: %s, not a ResNet-50 trained by MoCo v2 for 200 epochs or more%s
        - student: %s of width %d at %d pixels, not ResNet-18 of width 64 at 224
        - budget: %s, not 200 epochs of 1,281,167; queue %,d, not 65,536; batch %s, not 256
        - evaluation: features of the index view, computed once; %,d images teach and %,d are judged, not all
        """,
        request.data().train(),
        teacher,
        config.teacher().builtin()
            ? "; this stand-in was trained with the labels of Fashion-MNIST"
            : "",
        arch,
        config.student().width(),
        config.views().geometry().size(),
        budget(),
        config.train().queue(),
        config.train().batch(),
        config.eval().bank(),
        config.eval().queries());
  }

  private String budget() {
    String of =
        String.join(
            ", ",
            request.rivals().stream()
                .map(rival -> "%s %,d".formatted(rival.name(), request.images().get(rival.name())))
                .toList());
    return (equal == Equal.IMAGES ? "equal images (" : "equal seconds (images: ") + of + ")";
  }

  /** Maps, lists, strings and finite numbers. */
  Map<String, Object> document() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("data", request.data().train().toString());
    all.put("teacher", teacher);
    all.put("student", config.student().arch().torchvisionName());
    all.put("width", config.student().width());
    all.put("equal", equal.name().toLowerCase(Locale.ROOT));
    all.put("images", request.images());
    all.put("seeds", request.seeds());
    all.put("bank", config.eval().bank());
    all.put("queries", config.eval().queries());
    all.put("table", table.document());
    Map<String, Object> each = new LinkedHashMap<>();
    cells.forEach((cell, result) -> each.put(cell.id(), result));
    all.put("cells", each);
    return all;
  }

  /** Writes all of it beside the cells. */
  void write(Path directory) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(directory.resolve(JSON), json.writeValueAsString(document()) + "\n");
    Files.writeString(
        directory.resolve(MARKDOWN),
        "# Students by objective\n\nTop-1 on held-out images; ± is the standard error over the seeds "
            + request.seeds()
            + ".\n\n"
            + words()
            + "\n![a dot a seed, a stroke at the mean]("
            + SVG
            + ")\n");
    Files.writeString(
        directory.resolve(SVG), DotsSvg.of("Students by objective, top-1", table, probes));
  }
}
