package io.bagpipe.verticles.cli.dlq;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.cli.kafka.KafkaOptions;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bagpipe dlq show}. */
@Command(
    name = "show",
    description = "Shows one image that failed, and saves its bytes as they were pushed.",
    footer = {"", "Example:", "  bagpipe dlq show 0:17 --save broken.png"})
public final class DlqShowCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private KafkaOptions kafkaOptions;

  @Parameters(paramLabel = "PLACE", description = "partition:offset, as dlq list prints it.")
  private String place = "";

  @Option(names = "--save", paramLabel = "FILE", description = "Write the bytes to this file.")
  private @Nullable Path save;

  DlqShowCommand() {}

  @Override
  public Integer call() throws IOException {
    BagpipeConfig config = common.config();
    String topic = kafkaOptions.topic(config.topics().dlq());
    common.quietKafka();
    DeadLetters.@Nullable Letter[] found = {null};
    try (KafkaConnection kafka = new KafkaConnection(kafkaOptions.bootstrap(config), config)) {
      kafka.partitions(topic);
      try (DeadLetters letters = new DeadLetters(topic, kafka.settings())) {
        letters.read(
            letter -> {
              if (letter.place().equals(place)) {
                found[0] = letter;
              }
              return found[0] == null;
            });
      }
    }
    DeadLetters.Letter letter = found[0];
    if (letter == null) {
      throw new CommandFailedException(
          "there is no " + place + " in " + topic + "; bagpipe dlq list shows what there is");
    }
    Map<String, Object> described = DlqListCommand.describe(letter);
    output.print(
        described,
        out -> {
          described.forEach((name, value) -> out.printf("%-8s %s%n", name, value));
          letter
              .ownHeaders()
              .keySet()
              .forEach(name -> out.printf("header   %s: %s%n", name, letter.header(name)));
        });
    if (save != null && !letter.omitted().isEmpty()) {
      throw new CommandFailedException(DlqReplayCommand.notKept(letter));
    }
    if (save != null) {
      byte[] value = letter.value();
      Files.write(save, value == null ? new byte[0] : value);
    }
    return ExitCode.OK;
  }
}
