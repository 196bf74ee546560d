package io.bagpipe.verticles.cli.service;

import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.audit.Auditor;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.kafka.BrokerAddress;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.service.RunPlace;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe audit}: was every image trained exactly once? */
@Command(
    name = "audit",
    description =
        "Says whether every image was trained exactly once or dead-lettered, and if not, which were"
            + " not. Works beside a running service, on its newest checkpoint.",
    footer = {
      "",
      "Exit code 0 only when clean. Fewer images than a batch may wait for more to come; when a"
          + " batch or more of them waits, the audit is not clean and says which they are.",
      "",
      "Examples:",
      "  bagpipe audit",
      "  bagpipe audit --bootstrap host:9092 --json",
    })
public final class AuditCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "The Kafka to read; else the configured one, else the running service's own.")
  private @Nullable String bootstrap;

  AuditCommand() {}

  @Override
  public Integer call() throws Exception {
    BagpipeConfig config = common.config();
    String address = BrokerAddress.find(bootstrap, config);
    int partitions;
    try (KafkaConnection kafka = new KafkaConnection(address, config)) {
      partitions = kafka.partitions(config.topics().images());
    }
    Auditor auditor =
        new Auditor(
            new KafkaSettings(address, config.kafka().properties()),
            config.topics().images(),
            config.topics().dlq(),
            new HeldOut(config.probe().share(), config.seed()));
    AuditResult result =
        auditor.audit(partitions, RunPlace.ofService(config).checkpoints(), config.train().batch());
    output.print(result, out -> out.println(result.sentence()));
    return result.clean() ? ExitCode.OK : ExitCode.FAILED;
  }
}
