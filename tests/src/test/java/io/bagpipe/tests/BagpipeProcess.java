package io.bagpipe.tests;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointStore;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The built service as its users run it: a process of its own, which can be killed. */
final class BagpipeProcess {
  private final Path data;
  private final int port;
  private final List<String> sets;
  private Process running;

  /**
   * @param sets configuration beside data.dir and ports, {@code key=value}
   */
  BagpipeProcess(Path data, List<String> sets) throws IOException {
    this.data = data;
    this.sets = List.copyOf(sets);
    try (ServerSocket probe = new ServerSocket(0)) {
      this.port = probe.getLocalPort();
    }
    Files.createDirectories(data);
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private static Path jar() {
    Path jar = Path.of("..", "verticles", "target", "bagpipe.jar").toAbsolutePath().normalize();
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing: run mvn package first");
    }
    return jar;
  }

  private Process start(String... command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx768m", "-jar"));
    line.add(jar().toString());
    line.addAll(List.of(command));
    line.addAll(List.of("--set", "data.dir=" + data, "--set", "http.port=0"));
    line.addAll(List.of("--set", "kafka.embedded.port=" + port));
    sets.forEach(set -> line.addAll(List.of("--set", set)));
    File log = data.resolve("process.log").toFile();
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  void run() throws IOException {
    running = start("run");
  }

  boolean isAlive() {
    return running != null && running.isAlive();
  }

  /** False when the process is still there after this time. */
  boolean waitFor(long millis) throws InterruptedException {
    return running.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Exit code of {@code bagpipe audit}. */
  int audit() throws IOException, InterruptedException {
    return finish(start("audit"), 60);
  }

  private static int finish(Process process, long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end within " + seconds + " s");
    }
    return process.exitValue();
  }

  /** SIGTERM; the exit code. */
  int terminate() throws InterruptedException {
    running.destroy();
    return finish(running, 60);
  }

  /** SIGKILL, and the end waited for; nothing when it does not run. */
  void kill() throws InterruptedException {
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
    }
  }

  private CheckpointStore store() {
    return new CheckpointStore(data.resolve("run").resolve("checkpoints"), 3);
  }

  /** The newest intact checkpoint, null before the first. */
  Checkpoint checkpoint() {
    return store().latestIntact().checkpoint();
  }

  long trained() {
    Checkpoint newest = checkpoint();
    return newest == null ? 0 : newest.info().anchors();
  }

  /** What the process said, for the message of a failing test. */
  String said() throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("process.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }
}
