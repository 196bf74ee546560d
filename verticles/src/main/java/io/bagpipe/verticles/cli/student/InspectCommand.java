package io.bagpipe.verticles.cli.student;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
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
    Checkpoint checkpoint;
    try {
      checkpoint = CheckpointFile.read(file);
    } catch (CheckpointException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    List<Part> parts = checkpoint.components().all().stream().map(Part::of).toList();
    output.print(document(checkpoint.info(), parts), out -> print(checkpoint.info(), parts, out));
    return ExitCode.OK;
  }

  private static Map<String, Object> document(CheckpointInfo info, List<Part> parts)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("run", info.runId());
    all.put("created_at", info.createdAt());
    all.put("architecture", architecture(info.student()));
    all.put("teacher_sha256", info.student().teacherSha256());
    all.put("seed", info.seed());
    all.put("step", info.step());
    all.put("anchors", info.anchors());
    all.put("positions", info.positions());
    all.put("ledger", info.ledger());
    all.put("metrics", info.metrics());
    all.put("components", parts);
    all.put("configuration_sha256", info.configurationHash());
    all.put("configuration", new ObjectMapper().readTree(info.configuration()));
    return all;
  }

  /** A component in numbers; the names are those of the JSON. */
  private record Part(
      String name, String kind, int tensors, long values, SortedMap<String, Long> counters) {
    static Part of(Component component) {
      var tensors = component.tensors().tensors();
      long values = tensors.stream().mapToLong(tensor -> tensor.data().length).sum();
      return new Part(
          component.name(), component.kind(), tensors.size(), values, component.counters());
    }

    String contents() {
      List<String> all = new ArrayList<>();
      if (tensors > 0) {
        all.add(String.format(Locale.ROOT, "%,d values in %d tensors", values, tensors));
      }
      counters.forEach((counter, value) -> all.add(counter + " " + value));
      return all.isEmpty() ? "nothing" : String.join(", ", all);
    }
  }

  private static Map<String, Object> architecture(StudentDescription student) {
    Architecture network = student.architecture();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", network.family().torchvisionName());
    all.put("width", network.width());
    all.put("stem", network.stem().name().toLowerCase(Locale.ROOT));
    all.put("size", student.inputSize());
    all.put("head", "mlp-" + network.head().hidden() + "-" + network.head().embedding());
    return all;
  }

  private static void print(CheckpointInfo info, List<Part> parts, PrintWriter out) {
    out.printf(Locale.ROOT, "run            %s, saved %s%n", info.runId(), info.createdAt());
    out.printf(
        Locale.ROOT,
        "student        %s, %d pixels, seed %d%n",
        info.student().architecture(),
        info.student().inputSize(),
        info.seed());
    out.printf(
        Locale.ROOT, "trained        %,d anchors in %,d steps%n", info.anchors(), info.step());
    out.printf(
        "quality        loss %s, kNN top-1 %s%n", info.metrics().loss(), info.metrics().knnTop1());
    for (Part part : parts) {
      out.printf(
          Locale.ROOT,
          "remembers      %s%s: %s%n",
          part.name(),
          part.kind().isEmpty() ? "" : " " + part.kind(),
          part.contents());
    }
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
