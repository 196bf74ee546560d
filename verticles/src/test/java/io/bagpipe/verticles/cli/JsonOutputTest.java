package io.bagpipe.verticles.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Provenance;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.verticles.cli.student.Checkpoints;
import io.bagpipe.verticles.registry.AFewStudents;
import io.bagpipe.verticles.service.RunPlace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command that prints a result prints one JSON document with {@code --json}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonOutputTest {
  /** Commands without a result: one ends when it is stopped, one prints a script. */
  private static final Set<String> NO_RESULT = Set.of("run", "completion");

  /** They train for half a minute: {@code JsonResultsIT} runs them. */
  private static final Set<String> TRAIN = Set.of("demo", "bench pipeline");

  @TempDir static Path dir;
  private Path data;
  private Path pictures;
  private Path labelled;
  private EmbeddedBroker broker;

  @BeforeAll
  void aServicesRemains() throws Exception {
    data = dir.resolve("data");
    pictures = dir.resolve("pictures");
    labelled = dir.resolve("labelled");
    broker = EmbeddedBroker.start(BrokerSettings.in(dir.resolve("broker")));
    KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
    try (Admin admin = Admin.create(kafka.admin());
        var producer = new KafkaProducer<byte[], byte[]>(kafka.producer(Map.of(), Map.of()))) {
      admin
          .createTopics(
              Stream.of("images", "images.dlq", "students")
                  .map(n -> new NewTopic(n, 1, (short) 1))
                  .toList())
          .all()
          .get();
      ProducerRecord<byte[], byte[]> letter =
          new ProducerRecord<>("images.dlq", 0, "cat".getBytes(UTF_8), "no image".getBytes(UTF_8));
      letter.headers().add(DeadLetter.ERROR_CLASS, "java.io.IOException".getBytes(UTF_8));
      producer.send(letter).get();
      for (ProducerRecord<byte[], byte[]> record : AFewStudents.records()) {
        producer.send(record).get();
      }
    }
    new CheckpointStore(RunPlace.ofService(data).checkpoints(), 3)
        .save(Checkpoints.after(2, 8, List.of(), List.of()));
    Files.createDirectories(pictures);
    for (int i = 0; i < 4; i++) {
      picture(pictures.resolve(i + ".png"), i, 0xffffff);
      for (String part : List.of("train", "test")) {
        picture(
            labelled.resolve(part + "/" + (i % 2 == 0 ? "light" : "dark") + "/" + i + ".png"),
            i,
            i % 2 == 0 ? 0xffffff : 0x101010);
      }
    }
  }

  private static void picture(Path file, int at, int colour) throws IOException {
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    image.setRGB(at, at, colour);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  /** The command lines that are tried, by command. */
  private Map<String, List<String>> lines() {
    String kafka = "--bootstrap=" + broker.bootstrapServers();
    String state = "--set=data.dir=" + data;
    String standIn = "--set=teacher.path=builtin:fashion-mnist";
    String checkpoints = RunPlace.ofService(data).checkpoints().toString();
    Map<String, List<String>> lines = new TreeMap<>();
    lines.put("version", List.of());
    lines.put("config", List.of());
    lines.put("doctor", List.of("--seconds=0", state, "--set=http.port=0"));
    lines.put("audit", List.of(kafka, state));
    lines.put("inspect", List.of(newest(checkpoints)));
    lines.put("export", List.of(checkpoints, "-f", "onnx", "-o", dir.resolve("s.onnx").toString()));
    lines.put(
        "evaluate", List.of(checkpoints, "--data=" + labelled, "--teacher=none", "--seeds=1"));
    lines.put(
        "reproduce",
        List.of(
            dir.resolve("compared").toString(),
            "--data=" + labelled,
            "--objectives=seed,moco-v2",
            "--seeds=1",
            "--images=8",
            "--set=student.width=4",
            "--set=student.head-hidden=16",
            "--set=train.queue=16",
            standIn));
    lines.put("push", List.of(pictures.toString(), kafka, state));
    lines.put("dlq list", List.of(kafka));
    lines.put("dlq show", List.of("0:0", kafka));
    lines.put("dlq replay", List.of("--all", kafka));
    lines.put("students list", List.of(kafka, state));
    lines.put("students show", List.of("640", kafka, state));
    lines.put("students diff", List.of("640", "1280", kafka, state));
    lines.put("students promote", List.of("640", kafka, state));
    lines.put("students rollback", List.of(kafka, state));
    lines.put("bench augment", List.of("--dir=" + pictures, "--size=16"));
    lines.put(
        "bench knn",
        List.of("--window=64", "--dim=8", "--batch=4", "--warmup=1", "--iters=1", "--threads=2"));
    lines.put(
        "bench drift",
        List.of("--images=320", "--seeds=1", pictures.toString(), pictures.toString(), standIn));
    lines.put(
        "bench continual",
        List.of(
            dir.resolve("continual").toString(),
            "--data=" + labelled,
            "--classes=1",
            "--orders=sequential",
            "--strategies=reservoir",
            "--seeds=1",
            "--set=student.width=4",
            "--set=student.head-hidden=16",
            "--set=train.queue=16",
            standIn));
    lines.put("bench restore", List.of("--window=64", "--dim=8", "--iters=1"));
    lines.put(
        "bench step",
        List.of("--width=4", "--size=16", "--batch=4", "--queue=64", "--iters=1", "--threads=1"));
    lines.put("bench teacher", List.of("--batch=1", "--iters=1", "--threads=1"));
    String backbone = dir.resolve("backbone.onnx").toString();
    lines.put(
        "teacher import",
        List.of(weights(), "--arch=resnet18", "--width=4", "--size=32", "-o", backbone));
    String sheet = "--sheet=" + dir.resolve("bags.png");
    lines.put(
        "teacher check",
        List.of("builtin:fashion-mnist", "--data=" + pictures, "--neighbours=2", sheet));
    lines.put(
        "teacher pca",
        List.of(student(), "--data=" + many(), "--values=2", "-o", backbone + ".pca"));
    lines.put("bench transport", List.of("--records=20", "--bytes=100", "--pairs=1"));
    return lines;
  }

  /** A ResNet-18's backbone, as torchvision names it. */
  private static String weights() {
    Path file = dir.resolve("weights.safetensors");
    if (!Files.exists(file)) {
      Student student = student(Stem.IMAGENET);
      write(file, out -> TorchvisionWeights.write(student, false, out));
    }
    return file.toString();
  }

  /** A teacher without an embedding. */
  private static String student() {
    Path file = dir.resolve("student.onnx");
    if (!Files.exists(file)) {
      write(file, out -> OnnxModel.write(student(Stem.CIFAR), false, out));
    }
    return file.toString();
  }

  private static Student student(Stem stem) {
    Architecture architecture = new Architecture(Family.RESNET18, 4, stem, new Head(8, 4));
    return new Student(
        architecture,
        architecture.spec().initialState(1),
        new Preprocessing(16, 0, 16, new float[3], new float[] {1, 1, 1}),
        new Provenance(0, "none", "none"));
  }

  private interface Contents {
    void writeTo(OutputStream out) throws IOException;
  }

  private static void write(Path file, Contents contents) {
    try (OutputStream out = Files.newOutputStream(file)) {
      contents.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Enough pictures for two components. */
  private static String many() {
    Path folder = dir.resolve("many");
    try {
      Files.createDirectories(folder);
      for (int i = 0; i < 12; i++) {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x <= i; x++) {
          image.setRGB(x, (x * i) % 16, 0x10101 * (20 * i) | 0x40);
        }
        ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.toString();
  }

  private static String newest(String checkpoints) {
    try (Stream<Path> files = Files.list(Path.of(checkpoints))) {
      return files
          .filter(f -> f.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow()
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyCommandWithAResultKnowsTheOptionAndIsTried() {
    Set<String> commands = new TreeSet<>();
    collect("", BagpipeCommand.commandLine(Map.of()), commands);

    Set<String> accounted = new TreeSet<>(lines().keySet());
    accounted.addAll(TRAIN);
    assertThat(accounted).isEqualTo(commands);
  }

  private static void collect(String path, CommandLine command, Set<String> found) {
    if (!command.getSubcommands().isEmpty()) {
      command
          .getSubcommands()
          .forEach((name, sub) -> collect((path + " " + name).strip(), sub, found));
      return;
    }
    boolean json = command.getCommandSpec().optionsMap().containsKey("--json");
    assertThat(json).as(path + " --json").isEqualTo(!NO_RESULT.contains(path));
    if (json) {
      found.add(path);
    }
  }

  private Stream<String> commands() {
    return lines().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void printsOneDocumentAndNothingElse(String command) throws Exception {
    List<String> line =
        Stream.of(List.of(command.split(" ")), lines().get(command), List.of("--json"))
            .flatMap(List::stream)
            .toList();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ByteArrayOutputStream past = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    System.setOut(new PrintStream(past, true, UTF_8));
    int code;
    try {
      code =
          BagpipeCommand.execute(
              line.toArray(String[]::new),
              Map.of("OMP_NUM_THREADS", "2"),
              new PrintWriter(out, true),
              new PrintWriter(err, true));
    } finally {
      System.setOut(stdout);
    }

    // an audit of images that nobody trained, and a doctor on a small disk, say no
    assertThat(code).as(line + ": " + err).isBetween(0, 1);
    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertThat(document.isObject()).as(out.toString()).isTrue();
    assertThat(document.size()).isPositive();
    assertThat(out.toString()).as("one document, one line").hasLineCount(1);
    assertThat(past.toString(UTF_8)).as("written past the result").isEmpty();
  }
}
