package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.demo.RunLength;
import io.bagpipe.verticles.experiment.Cell;
import io.bagpipe.verticles.experiment.CellLog;
import io.bagpipe.verticles.experiment.ContinualRun;
import io.bagpipe.verticles.experiment.Fingerprint;
import io.bagpipe.verticles.experiment.Laboratory;
import io.bagpipe.verticles.experiment.Pace;
import io.bagpipe.verticles.experiment.StreamEras;
import io.bagpipe.verticles.experiment.StreamOrder;
import io.bagpipe.verticles.experiment.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Orders by strategies by seeds, cell by cell. Used once, by one thread. */
final class ContinualBench implements AutoCloseable {
  private static final int IMAGES = 25_600;

  /** What a command line becomes, given what it prefers. */
  @FunctionalInterface
  interface Configurations {
    ConfigSources of(Map<String, String> preferred);
  }

  /**
   * What is asked for.
   *
   * @param images of a stream; 0: the standard, or as many as there are
   */
  record Request(
      Configurations configurations,
      Map<String, String> preferred,
      List<Path> places,
      int classes,
      List<StreamOrder> orders,
      List<Strategy> strategies,
      List<Long> seeds,
      int images) {}

  /**
   * What there is to do.
   *
   * @param seconds that what is missing takes, about
   */
  record Forecast(int cells, int done, double seconds) {}

  private record Planned(StreamOrder order, Strategy strategy, long seed) {}

  private final Request request;
  private final Laboratory laboratory;
  private final CellLog log;
  private @Nullable StreamEras eras;
  private List<Object> erasOf = List.of();
  private volatile String now = "";

  ContinualBench(Request request, Laboratory laboratory, CellLog log) {
    this.request = request;
    this.laboratory = laboratory;
    this.log = log;
  }

  /** What it is doing, for people; any thread. */
  String now() {
    return now;
  }

  /** A seed after the other: the first table of all rows is there early. */
  private List<Planned> plan() {
    return request.seeds().stream()
        .flatMap(
            seed ->
                request.orders().stream()
                    .flatMap(
                        order ->
                            request.strategies().stream()
                                .map(strategy -> new Planned(order, strategy, seed))))
        .toList();
  }

  /** The eras of a cell, opened anew only where they are other ones than the last. */
  private StreamEras eras(BagpipeConfig config) throws IOException {
    List<Object> of = List.of(config.seed(), config.views(), config.eval(), config.limits());
    StreamEras open = eras;
    if (open == null || !of.equals(erasOf)) {
      close();
      open = StreamEras.open(config, request.places(), request.classes());
      eras = open;
      erasOf = of;
    }
    return open;
  }

  /** Measures what an image costs, where any cell is missing. */
  Forecast forecast() throws IOException, InterruptedException {
    int done = 0;
    double seconds = 0;
    Pace pace = null;
    List<Planned> plan = plan();
    for (Planned planned : plan) {
      StreamEras open = eras(plain(planned));
      int images = images(open);
      BagpipeConfig config = config(planned, images);
      if (log.find(cell(planned, config, open)).isPresent()) {
        done++;
        continue;
      }
      if (pace == null) {
        pace = Pace.of(config, laboratory, open);
      }
      double judged = config.eval().bank() + 2.0 * config.eval().queries();
      seconds +=
          images / (1 - config.rehearsal().share()) * pace.secondsAnImage()
              + (open.names().size() + 1) * judged * pace.secondsALook();
    }
    return new Forecast(plan.size(), done, seconds);
  }

  /**
   * Does what is not done.
   *
   * @param say told of each cell that is
   * @return what came of all of them
   */
  Map<Cell, Map<String, Object>> run(Consumer<String> say)
      throws IOException, InterruptedException {
    Map<Cell, Map<String, Object>> results = new LinkedHashMap<>();
    List<Planned> plan = plan();
    for (int i = 0; i < plan.size(); i++) {
      Planned planned = plan.get(i);
      StreamEras open = eras(plain(planned));
      int images = images(open);
      BagpipeConfig config = config(planned, images);
      Cell cell = cell(planned, config, open);
      Map<String, Object> result = log.find(cell).orElse(null);
      if (result == null) {
        String place = "cell %d of %d, %s: ".formatted(i + 1, plan.size(), cell.id());
        StreamOrder.Stream stream = planned.order().of(open.images(), images, planned.seed());
        result =
            new ContinualRun(config, laboratory, open, stream).run(doing -> now = place + doing);
        log.add(cell, result);
        say.accept(
            place
                + "kNN "
                + Table.figure(result, "knn", "%.4f")
                + ", forgetting "
                + Table.figure(result, "forgetting", "%.4f"));
      }
      results.put(cell, result);
    }
    return results;
  }

  private int images(StreamEras eras) {
    return request.images() > 0 ? request.images() : Math.min(IMAGES, eras.most());
  }

  private BagpipeConfig plain(Planned planned) {
    return sources(planned, request.preferred()).load();
  }

  private ConfigSources sources(Planned planned, Map<String, String> keys) {
    return planned
        .strategy()
        .over(request.configurations().of(keys).with("seed=" + planned.seed()));
  }

  private BagpipeConfig config(Planned planned, int images) {
    double share = plain(planned).rehearsal().share();
    Map<String, String> all = new LinkedHashMap<>(request.preferred());
    all.putAll(RunLength.keys(Math.round(images / (1 - share))));
    return sources(planned, all).load();
  }

  private Cell cell(Planned planned, BagpipeConfig config, StreamEras of) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("order", planned.order().id());
    names.put("strategy", planned.strategy().name());
    return new Cell(
        names,
        planned.seed(),
        Fingerprint.of(
            config,
            laboratory.source().sha256(),
            request.places(),
            of.names(),
            of.images().stream().map(era -> era.length).toList(),
            images(of)));
  }

  @Override
  public void close() throws IOException {
    StreamEras open = eras;
    eras = null;
    if (open != null) {
      open.close();
    }
  }
}
