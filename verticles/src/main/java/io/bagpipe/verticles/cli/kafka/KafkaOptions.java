package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.verticles.config.BagpipeConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Kafka and which topic, for commands that talk to a running service. */
public final class KafkaOptions {
  @Option(names = "--topic", paramLabel = "NAME", description = "Topic; else as configured.")
  private @Nullable String topic;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka; else kafka.bootstrap.servers, else the running service's own broker.")
  private @Nullable String bootstrap;

  KafkaOptions() {}

  public String topic(String configured) {
    return topic == null ? configured : topic;
  }

  public String bootstrap(BagpipeConfig config) {
    return BrokerAddress.find(bootstrap, config);
  }
}
