package io.bagpipe.verticles.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe push}: a producer of images. */
@Command(
    name = "push",
    description = {
      "Sends images: key = id (relative path, or train-00042), value = the file, header label = class.",
      "Any other Kafka producer does as well: kcat -P -b ... -t images -k cat1 cat.png"
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe push pictures/                          class/name.png, recursive, archives too",
      "  bagpipe push /usr/share/datasets/fashion-mnist  IDX files; --split says which",
      "  bagpipe push shard-000.tar shard-001.tar --epochs 3 --shuffle --rate 500",
      "  find . -name '*.jpg' | bagpipe push -           file names from standard input",
      "  bagpipe push --resume pictures/                 goes on where it was interrupted",
    })
final class PushCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Folder of images, directory of IDX files, IDX, zip or tar file, image; - reads file names"
              + " from standard input.")
  private List<Path> paths = new ArrayList<>();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private KafkaOptions kafkaOptions;

  @Option(
      names = "--split",
      description =
          "train, held_out or all; else train of IDX directories"
              + " with a t10k file, and all of anything else.")
  private @Nullable String split;

  @Option(names = "--rate", paramLabel = "N", description = "Most images a second; else no limit.")
  private double rate;

  @Option(names = "--epochs", paramLabel = "N", description = "How often to send all; else once.")
  private int epochs = 1;

  @Option(names = "--shuffle", description = "Another order every epoch, drawn from the seed.")
  private boolean shuffle;

  @Option(names = "--limit", paramLabel = "N", description = "Send at most so many images.")
  private long limit;

  @Option(
      names = "--no-label",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Do not send labels (they are only used to evaluate).")
  private boolean label;

  @Option(names = "--resume", description = "Do not send again what the broker has acknowledged.")
  private boolean resume;

  PushCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    check(epochs >= 1, "--epochs " + epochs + ": expected 1 or more");
    check(rate >= 0, "--rate " + rate + ": expected 0 or more");
    check(limit >= 0, "--limit " + limit + ": expected 0 or more");
    BagpipeConfig config = common.config();
    String to = kafkaOptions.topic(config.topics().images());
    String address = kafkaOptions.bootstrap(config);
    common.quietKafka();
    try (ImageSource source = open();
        KafkaConnection kafka = new KafkaConnection(address, config)) {
      kafka.partitions(to);
      PushPlan plan = new PushPlan(source.size(), epochs, shuffle, config.seed(), limit);
      String what = kafka.clusterId() + " " + to + " " + fingerprint(source, config.seed());
      PushCounts counts = new PushCounts();
      long start = System.nanoTime();
      try (StopSignal signal = StopSignal.register();
          PushJournal journal =
              new PushJournal(config.data().dir().resolve("push"), what, plan.total(), resume);
          ImageOutlet outlet = new KafkaOutlet(to, kafka.largestBatch(to), kafka.settings())) {
        PushJob.Manner manner = new PushJob.Manner(rate, label, signal::requested);
        try (ProgressDisplay display = display(counts, plan, start)) {
          source.skipped().forEach(line -> display.say("skipped " + line));
          new PushJob(source, outlet, journal, manner, counts).run(plan);
        }
        boolean complete = counts.handled() == plan.total() && counts.notSent() == 0;
        if (complete) {
          journal.delete();
        }
        report(counts, source.skipped().size(), to, address, start);
        if (counts.handled() < plan.total()) {
          common.err().println("bagpipe push: interrupted; the same command with --resume goes on");
        }
        return complete ? BagpipeCommand.OK : BagpipeCommand.FAILED;
      }
    }
  }

  private ImageSource open() throws IOException {
    List<ImageSource> sources = new ArrayList<>();
    try {
      for (Path path : paths) {
        sources.add(
            path.toString().equals("-") ? ImageSources.files(namesOnStandardInput()) : open(path));
      }
    } catch (IOException e) {
      ImageSources.concat(sources).close();
      throw e;
    }
    return ImageSources.concat(sources);
  }

  private ImageSource open(Path path) throws IOException {
    if (split == null) {
      return ImageSources.open(path);
    }
    String name = split.toUpperCase(Locale.ROOT).replace('-', '_');
    for (Split known : Split.values()) {
      if (known.name().equals(name)) {
        return ImageSources.open(path, known);
      }
    }
    throw new ParameterException(
        command.commandLine(), "--split " + split + ": expected train, held_out or all");
  }

  private static List<Path> namesOnStandardInput() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<Path> names = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!line.isBlank()) {
        names.add(Path.of(line));
      }
    }
    return names;
  }

  /** Everything that decides which image stands where. */
  private String fingerprint(ImageSource source, long seed) {
    CRC32 ids = new CRC32();
    for (int i = 0; i < source.size(); i++) {
      ids.update(source.id(i).getBytes(StandardCharsets.UTF_8));
      ids.update(0);
    }
    List<Path> places = paths.stream().map(p -> p.toAbsolutePath().normalize()).toList();
    return places
        + " "
        + source.size()
        + " "
        + ids.getValue()
        + " "
        + shuffle
        + " "
        + (shuffle ? seed : 0);
  }

  private ProgressDisplay display(PushCounts counts, PushPlan plan, long start) {
    return ProgressDisplay.start(
        Terminal.detect(common.err()), () -> List.of(progress(counts, plan.total(), start)));
  }

  private static String progress(PushCounts counts, long total, long start) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    long handled = counts.handled();
    return String.format(
        Locale.ROOT,
        "%s %,d of %,d  %,.0f images/s  %,.1f MB  left %s%s",
        ProgressDisplay.bar(total == 0 ? 1 : handled / (double) total, 24),
        handled,
        total,
        counts.sent.get() / Math.max(1e-3, elapsed.toMillis() / 1e3),
        counts.bytes.get() / 1e6,
        ProgressDisplay.left(handled - counts.resumed.get(), total - counts.resumed.get(), elapsed),
        counts.notSent() == 0 ? "" : "  not sent " + counts.notSent());
  }

  private void report(PushCounts counts, int skipped, String to, String address, long start)
      throws IOException {
    double seconds = (System.nanoTime() - start) / 1e9;
    String trouble = counts.firstTrouble();
    if (trouble != null) {
      common.err().println("bagpipe push: " + counts.notSent() + " not sent; first: " + trouble);
    }
    if (common.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("sent", counts.sent.get());
      result.put("resumed", counts.resumed.get());
      result.put("too_large", counts.tooLarge.get());
      result.put("unreadable", counts.unreadable.get());
      result.put("failed", counts.failed.get());
      result.put("skipped", skipped);
      result.put("bytes", counts.bytes.get());
      result.put("seconds", seconds);
      result.put("images_per_s", counts.sent.get() / seconds);
      result.put("topic", to);
      result.put("bootstrap", address);
      common.out().println(JsonMapper.builder().build().writeValueAsString(result));
    } else {
      common
          .out()
          .printf(
              Locale.ROOT,
              "sent %d images (%.1f MB) to %s in %s; sent before %d, too large %d, unreadable %d,"
                  + " failed %d, not images %d%n",
              counts.sent.get(),
              counts.bytes.get() / 1e6,
              to,
              ProgressDisplay.time(Duration.ofMillis(Math.round(seconds * 1e3))),
              counts.resumed.get(),
              counts.tooLarge.get(),
              counts.unreadable.get(),
              counts.failed.get(),
              skipped);
    }
    common.out().flush();
  }

  private void check(boolean ok, String message) {
    if (!ok) {
      throw new ParameterException(command.commandLine(), message);
    }
  }
}
