package io.bagpipe.verticles.cli.student;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bagpipe inspect}: what a checkpoint holds. */
@Command(
    name = "inspect",
    description = "Says what a checkpoint holds, after checking that it is intact.",
    footer = {"", "Example:", "  bagpipe inspect ~/.bagpipe/run/checkpoints/best.safetensors"})
public final class InspectCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint file.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    CheckpointInfo info;
    try {
      info = CheckpointFile.read(file).info();
    } catch (CheckpointException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    output.print(document(info), out -> print(info, out));
    return ExitCode.OK;
  }

  private static Map<String, Object> document(CheckpointInfo info) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("run", info.runId());
    all.put("created_at", info.createdAt());
    all.put("architecture", info.architecture());
    all.put("seed", info.seed());
    all.put("step", info.step());
    all.put("anchors", info.anchors());
    all.put("positions", info.positions());
    all.put("ledger", info.ledger());
    all.put("metrics", info.metrics());
    all.put("configuration_sha256", info.configurationHash());
    all.put("configuration", new ObjectMapper().readTree(info.configuration()));
    return all;
  }

  private static void print(CheckpointInfo info, PrintWriter out) {
    var network = info.architecture();
    out.printf(Locale.ROOT, "run            %s, saved %s%n", info.runId(), info.createdAt());
    out.printf(
        Locale.ROOT,
        "student        %s, width %d, %s stem, %d pixels, head %s, seed %d%n",
        network.name(),
        network.width(),
        network.stem(),
        network.size(),
        network.head(),
        info.seed());
    out.printf(
        Locale.ROOT, "trained        %,d anchors in %,d steps%n", info.anchors(), info.step());
    out.printf(
        "quality        loss %s, kNN top-1 %s%n", info.metrics().loss(), info.metrics().knnTop1());
    for (StreamPosition at : info.positions()) {
      out.printf(
          Locale.ROOT,
          "goes on at     %s-%d, offset %d, %d anchors into it%n",
          at.topic(),
          at.partition(),
          at.offset(),
          at.itemsTaken());
    }
    for (Ledger.Entry entry : info.ledger()) {
      out.printf(
          Locale.ROOT,
          "ledger         %s-%d: %,d images, digest %016x%n",
          entry.topic(),
          entry.partition(),
          entry.count(),
          entry.digest());
    }
    out.printf("configuration  SHA-256 %s%n", info.configurationHash());
  }
}
