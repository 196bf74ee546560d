package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.train.StreamChanges;
import io.bagpipe.model.train.TrainerComponents;
import io.bagpipe.verticles.config.TeacherConfig;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The built service as its users run it: a process of its own, which can be killed. */
final class BagpipeProcess {
  /** Without the optimising compiler: a start costs 12.1 s of the processor and not 19.4. */
  static final List<String> QUICKLY =
      List.of("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** More than any machine takes, however many others share it. */
  private static final long PATIENCE_SECONDS = 180;

  private static final List<String> AS_LAUNCHED = List.of("-Xmx768m");
  private static final Pattern DASHBOARD = Pattern.compile("dashboard: (http://\\S+)");

  private final Path data;
  private final int port;
  private final List<String> sets;
  private List<String> jvm = QUICKLY;
  private final HttpClient http = HttpClient.newHttpClient();
  private Process running;
  private Path checkpoints;

  /**
   * @param sets configuration beside data.dir and ports, {@code key=value}
   */
  BagpipeProcess(Path data, List<String> sets) throws IOException {
    this.data = data;
    this.sets = List.copyOf(sets);
    this.port = FreePort.next();
    this.checkpoints = data.resolve("run").resolve("checkpoints");
    Files.createDirectories(data);
  }

  /** Configuration of a run that is soon over and saves often; a checkpoint every second batch. */
  static List<String> shortRun(int width, int batch, String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "student.width=" + width,
                "train.batch=" + batch,
                "train.queue=256",
                "train.horizon-images=5000",
                "bags.window=300",
                "checkpoint.every=1h",
                "checkpoint.every-images=" + 2 * batch,
                "stages.linger=20ms"));
    sets.addAll(List.of(more));
    return sets;
  }

  /** With the collector and the compilers that a JVM chooses, as users have them. */
  BagpipeProcess asLaunched() {
    jvm = AS_LAUNCHED;
    return this;
  }

  /** Its checkpoints are not where they usually are. */
  BagpipeProcess savesIn(Path directory) {
    checkpoints = directory;
    return this;
  }

  long pid() {
    return running.pid();
  }

  /** Sends it a signal, by name. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", name, Long.toString(pid())).start();
    assertThat(kill.waitFor()).as("kill %s", name).isZero();
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  static Path jar() {
    Path jar = Path.of("..", "verticles", "target", "bagpipe.jar").toAbsolutePath().normalize();
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing: run mvn package first");
    }
    return jar;
  }

  private Process start(String... command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    if (jvm.equals(QUICKLY)) {
      line.addAll(ClassArchive.option(jar()));
    }
    line.addAll(List.of("-jar", jar().toString()));
    line.addAll(List.of(command));
    line.addAll(List.of("--set", "data.dir=" + data, "--set", "http.port=0"));
    line.addAll(List.of("--set", "kafka.embedded.port=" + port));
    line.addAll(List.of("--set", "teacher.path=" + TeacherConfig.BUILTIN));
    sets.forEach(set -> line.addAll(List.of("--set", set)));
    File log = data.resolve("process.log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().put("GOMP_SPINCOUNT", "10000"); // as the launcher does
    return builder.start();
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
    return command("audit");
  }

  /** Exit code of another command on the same data. */
  int command(String... command) throws IOException, InterruptedException {
    return finish(start(command), PATIENCE_SECONDS);
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
    return finish(running, PATIENCE_SECONDS);
  }

  /** SIGKILL, and the end waited for; nothing when it does not run. */
  void kill() throws InterruptedException {
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
    }
  }

  private CheckpointStore store() {
    return new CheckpointStore(checkpoints, 3);
  }

  /** The newest intact checkpoint, null before the first. */
  Checkpoint checkpoint() {
    return store().latestIntact().checkpoint();
  }

  /** Images of the newest checkpoint, each counted once. */
  long trained() {
    Checkpoint newest = checkpoint();
    return newest == null ? 0 : Ledger.of(newest.info().ledger()).count();
  }

  /** Waits until a checkpoint has trained so many images; fails when the process ends before. */
  void awaitTrained(long images, Duration patience) {
    await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(isAlive()).as(said()).isTrue();
              return trained() >= images;
            });
  }

  /** The weights of the newest checkpoint, to be compared bit for bit. */
  List<List<Integer>> weights() {
    return checkpoint().network().tensors().stream().map(tensor -> bits(tensor.data())).toList();
  }

  /** Where the student of the newest checkpoint met changes of the stream. */
  StreamChanges changes() {
    return TrainerComponents.read(checkpoint().components()).changes();
  }

  private static List<Integer> bits(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.floatToRawIntBits(values[i]))
        .toList();
  }

  /** Images that a stage of this process has taken in; 0 until it listens. Needs the role ops. */
  long handled(String stage) throws IOException, InterruptedException {
    String series = "bagpipe_stage_images_in_total{stage=\"" + stage + "\"} ";
    return metrics()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElse(0);
  }

  private String metrics() throws IOException, InterruptedException {
    return get("/metrics");
  }

  /** What a path of its own answers; empty until it listens. Needs the role ops. */
  String get(String path) throws IOException, InterruptedException {
    return ask(path, HttpRequest.newBuilder().GET());
  }

  /** The same of what is asked to be done. */
  String post(String path) throws IOException, InterruptedException {
    return ask(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
  }

  private String ask(String path, HttpRequest.Builder asked)
      throws IOException, InterruptedException {
    String url = null;
    Matcher said = DASHBOARD.matcher(Files.readString(data.resolve("process.log")));
    while (said.find()) {
      url = said.group(1); // the newest start's
    }
    if (url == null) {
      return "";
    }
    HttpRequest request = asked.uri(URI.create(url).resolve(path)).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  /** What the process said, for the message of a failing test. */
  String said() throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("process.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }
}
