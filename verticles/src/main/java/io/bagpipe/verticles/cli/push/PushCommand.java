package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.streams.reference.FetchRefusedException;
import io.bagpipe.streams.reference.Reference;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.cli.base.Terminal;
import io.bagpipe.verticles.cli.kafka.ImageOutlet;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.cli.kafka.KafkaOptions;
import io.bagpipe.verticles.cli.kafka.KafkaOutlet;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      "With several PATHs the ids begin with the PATH as given, so that no two images share one.",
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
      "  bagpipe push photos/ --references-at s3://photos/2026   names instead of files",
    })
public final class PushCommand implements Callable<Integer> {
  private static final Path STANDARD_INPUT = Path.of("-");
  private static final int MOST_NAMED = 100;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Folder of images, directory of IDX files, IDX, zip or tar file, image; - sends files whose"
              + " names come on standard input, one a line or NUL-separated, as they come.")
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

  @Option(
      names = "--references-at",
      paramLabel = "URI",
      description =
          "Send no files, but where they are: URI/ID, as s3://bucket/prefix, https://host/path or"
              + " file:///folder has them. The service fetches what its references.allow names.")
  private @Nullable String referencesAt;

  PushCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    check(epochs >= 1, "--epochs " + epochs + ": expected 1 or more");
    check(rate >= 0, "--rate " + rate + ": expected 0 or more");
    check(limit >= 0, "--limit " + limit + ": expected 0 or more");
    boolean names = paths.contains(STANDARD_INPUT);
    check(
        !names || (paths.size() == 1 && epochs == 1 && !shuffle && split == null),
        "- sends files as their names come: expected no other PATH, --epochs, --shuffle or --split");
    BagpipeConfig config = common.config();
    String to = kafkaOptions.topic(config.topics().images());
    String address = kafkaOptions.bootstrap(config);
    common.quietKafka();
    checkBase();
    try (PushFeed feed = feed(names, config.seed());
        KafkaConnection kafka = new KafkaConnection(address, config)) {
      kafka.partitions(to);
      List<Path> places = paths.stream().map(p -> p.toAbsolutePath().normalize()).toList();
      String what = kafka.clusterId() + " " + to + " " + places + " " + feed.fingerprint();
      PushCounts counts = new PushCounts();
      PushReport report = new PushReport(counts, feed.total());
      try (StopSignal signal = StopSignal.register();
          PushJournal journal = new PushJournal(config.data().dir().resolve("push"), what, resume);
          ImageOutlet outlet =
              outlet(new KafkaOutlet(to, kafka.largestBatch(to), kafka.settings()))) {
        PushJob.Manner manner =
            new PushJob.Manner(rate, label, config.limits().names(), signal::requested);
        try (ProgressDisplay display = display(report)) {
          sayWhatIsSkipped(feed.skipped(), display);
          new PushJob(outlet, journal, manner, counts).run(feed);
        }
        boolean complete = feed.atEnd() && counts.notSent() == 0;
        if (complete) {
          journal.delete();
        }
        report(report, counts, feed.skipped().size(), to, address);
        if (!feed.atEnd()) {
          common.err().println("bagpipe push: interrupted; the same command with --resume goes on");
        }
        return complete ? ExitCode.OK : ExitCode.FAILED;
      }
    }
  }

  private void checkBase() {
    String base = referencesAt;
    if (base != null) {
      try {
        check(
            Reference.parse(base).query().isEmpty(),
            "--references-at " + base + ": expected no query");
      } catch (FetchRefusedException e) {
        throw new ParameterException(command.commandLine(), "--references-at " + e.getMessage(), e);
      }
    }
  }

  private PushFeed feed(boolean names, long seed) throws IOException {
    PushFeed feed = names ? new NamesFeed(System.in, limit) : planned(seed);
    return referencesAt == null ? feed : new NamedOnly(feed);
  }

  private ImageOutlet outlet(KafkaOutlet kafka) {
    return referencesAt == null ? kafka : new ReferenceOutlet(kafka, referencesAt);
  }

  private PushFeed planned(long seed) throws IOException {
    ImageSource source = ImageSources.open(paths, chosenSplit());
    return new PlannedFeed(source, new PushPlan(source.size(), epochs, shuffle, seed, limit));
  }

  private @Nullable Split chosenSplit() {
    if (split == null) {
      return null;
    }
    String name = split.toUpperCase(Locale.ROOT).replace('-', '_');
    for (Split known : Split.values()) {
      if (known.name().equals(name)) {
        return known;
      }
    }
    throw new ParameterException(
        command.commandLine(), "--split " + split + ": expected train, held_out or all");
  }

  private void sayWhatIsSkipped(List<String> skipped, ProgressDisplay display) {
    int said = common.verbose() ? skipped.size() : Math.min(skipped.size(), MOST_NAMED);
    skipped.subList(0, said).forEach(line -> display.say("skipped " + Failures.printable(line)));
    if (said < skipped.size()) {
      display.say("skipped " + (skipped.size() - said) + " more; -v names them all");
    }
  }

  private ProgressDisplay display(PushReport report) {
    return ProgressDisplay.start(Terminal.detect(common.err()), () -> List.of(report.progress()));
  }

  private void report(
      PushReport report, PushCounts counts, int skipped, String to, String address) {
    String trouble = counts.firstTrouble();
    if (trouble != null) {
      common
          .err()
          .println(
              "bagpipe push: "
                  + counts.notSent()
                  + " not sent; first: "
                  + Failures.printable(trouble));
    }
    output.print(
        report.document(skipped, to, address), out -> out.println(report.text(skipped, to)));
  }

  private void check(boolean ok, String message) {
    if (!ok) {
      throw new ParameterException(command.commandLine(), message);
    }
  }
}
