package io.bagpipe.verticles.cli.dlq;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.cli.kafka.KafkaOptions;
import io.bagpipe.verticles.cli.kafka.KafkaOutlet;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe dlq replay}. */
@Command(
    name = "replay",
    description =
        "Sends images that failed to the images topic again, with their keys and own headers: after"
            + " a limit was raised, or one that was repaired. The dead letters stay where they are.",
    footer = {
      "",
      "Examples:",
      "  bagpipe dlq replay 0:17 --file repaired.png",
      "  bagpipe dlq replay --error ImageTooLargeException",
      "  bagpipe dlq replay --all",
    })
public final class DlqReplayCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private KafkaOptions kafkaOptions;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(arity = "0..*", paramLabel = "PLACE", description = "partition:offset of dlq list.")
  private List<String> places = new ArrayList<>();

  @Option(names = "--all", description = "All of them.")
  private boolean all;

  @Option(names = "--error", paramLabel = "CLASS", description = "All with this class of error.")
  private @Nullable String error;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Send this file's bytes under the key of the one PLACE.")
  private @Nullable Path file;

  @Option(
      names = "--to",
      paramLabel = "NAME",
      description = "Topic to send to; else topics.images.")
  private @Nullable String to;

  DlqReplayCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (places.isEmpty() && !all && error == null) {
      throw new ParameterException(
          command.commandLine(), "nothing chosen; expected places, --error CLASS or --all");
    }
    if (file != null && (places.size() != 1 || all || error != null)) {
      throw new ParameterException(command.commandLine(), "--file: expected exactly one PLACE");
    }
    byte[] repaired = file == null ? null : Files.readAllBytes(file);
    BagpipeConfig config = common.config();
    String from = kafkaOptions.topic(config.topics().dlq());
    String images = to == null ? config.topics().images() : to;
    common.quietKafka();
    Set<String> missing = new HashSet<>(places);
    ReplayCounts counts = new ReplayCounts();
    try (KafkaConnection kafka = new KafkaConnection(kafkaOptions.bootstrap(config), config)) {
      kafka.partitions(from);
      kafka.partitions(images);
      try (DeadLetters letters = new DeadLetters(from, kafka.settings());
          KafkaOutlet outlet =
              new KafkaOutlet(images, kafka.largestBatch(images), kafka.settings())) {
        replay(letters, outlet, missing, repaired, counts);
      }
    }
    missing.forEach(place -> counts.trouble("there is no " + place + " in " + from));
    String trouble = counts.firstTrouble();
    if (trouble != null) {
      common.err().println("bagpipe dlq replay: " + trouble);
    }
    long sent = counts.sent.get();
    long failed = counts.failed.get() + missing.size();
    output.print(
        Map.of("sent", sent, "failed", failed),
        out -> out.printf("sent %d, failed %d%n", sent, failed));
    return trouble == null ? ExitCode.OK : ExitCode.FAILED;
  }

  private void replay(
      DeadLetters letters,
      KafkaOutlet outlet,
      Set<String> missing,
      byte @Nullable [] repaired,
      ReplayCounts counts)
      throws InterruptedException {
    AtomicReference<@Nullable InterruptedException> interrupted = new AtomicReference<>();
    letters.read(
        letter -> {
          boolean named = missing.remove(letter.place());
          if (!named && !all && !letter.error().equals(error)) {
            return true;
          }
          if (repaired == null && !letter.omitted().isEmpty()) {
            counts.failed.incrementAndGet();
            counts.trouble(notKept(letter));
            return true;
          }
          try {
            byte[] value = repaired == null ? letter.value() : repaired;
            outlet.send(letter.key(), value, letter.ownHeaders(), e -> count(letter, e, counts));
            return true;
          } catch (InterruptedException e) {
            interrupted.set(e);
            return false;
          }
        });
    outlet.flush();
    InterruptedException e = interrupted.get();
    if (e != null) {
      throw e;
    }
  }

  static String notKept(DeadLetters.Letter letter) {
    return letter.place()
        + ": its "
        + letter.omitted()
        + " bytes were too many to be kept here; they are at "
        + letter.source();
  }

  private static void count(
      DeadLetters.Letter letter, @Nullable Throwable error, ReplayCounts counts) {
    if (error == null) {
      counts.sent.incrementAndGet();
    } else {
      counts.failed.incrementAndGet();
      counts.trouble(letter.place() + ": not sent: " + Failures.deepest(error));
    }
  }
}
