package io.bagpipe.verticles.cli.dlq;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.cli.kafka.KafkaOptions;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe dlq list}. */
@Command(
    name = "list",
    description = "Counts what failed, by class of error, and lists the last ones.",
    footer = {"", "Example:", "  bagpipe dlq list --limit 50"})
public final class DlqListCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private KafkaOptions kafkaOptions;

  @Option(names = "--limit", paramLabel = "N", description = "List the last so many; else 20.")
  private int limit = 20;

  DlqListCommand() {}

  @Override
  public Integer call() {
    BagpipeConfig config = common.config();
    String topic = kafkaOptions.topic(config.topics().dlq());
    common.quietKafka();
    Map<String, Long> classes = new TreeMap<>();
    Deque<Map<String, Object>> last = new ArrayDeque<>();
    long[] total = {0};
    try (KafkaConnection kafka = new KafkaConnection(kafkaOptions.bootstrap(config), config)) {
      kafka.partitions(topic);
      try (DeadLetters letters = new DeadLetters(topic, kafka.settings())) {
        letters.read(
            letter -> {
              total[0]++;
              classes.merge(letter.error(), 1L, Long::sum);
              last.add(describe(letter));
              if (last.size() > limit) {
                last.remove();
              }
              return true;
            });
      }
    }
    print(topic, total[0], classes, List.copyOf(last));
    return ExitCode.OK;
  }

  static Map<String, Object> describe(DeadLetters.Letter letter) {
    byte[] value = letter.value();
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("place", letter.place());
    described.put("key", letter.id());
    if (letter.omitted().isEmpty()) {
      described.put("bytes", value == null ? 0 : value.length);
    } else {
      described.put("bytes", Long.parseLong(letter.omitted()));
      described.put("kept", false);
    }
    described.put("error", letter.error());
    described.put("message", letter.header(DeadLetter.MESSAGE));
    described.put("stage", letter.header(DeadLetter.STAGE));
    described.put("source", letter.source());
    return described;
  }

  private void print(
      String topic, long total, Map<String, Long> classes, List<Map<String, Object>> last) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("topic", topic);
    result.put("total", total);
    result.put("classes", classes);
    result.put("last", last);
    output.print(
        result,
        out -> {
          out.println(topic + ": " + total + (total == 1 ? " image" : " images"));
          classes.forEach((error, count) -> out.printf("%8d  %s%n", count, error));
          for (Map<String, Object> letter : last) {
            out.printf(
                "%s  key %s  %s bytes  %s: %s%n",
                letter.get("place"),
                letter.get("key"),
                letter.get("bytes"),
                letter.get("error"),
                letter.get("message"));
          }
        });
  }
}
