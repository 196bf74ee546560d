package io.bagpipe.verticles.cli.students;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.kafka.BrokerAddress;
import io.bagpipe.verticles.cli.kafka.KafkaConnection;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.registry.RegistryException;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.Students;
import io.bagpipe.verticles.registry.StudentsTopic;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.stage.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the registry is, and what the log has of it: reading changes nothing. */
final class RegistryOptions {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka; else kafka.bootstrap.servers, else the running service's own broker.")
  private @Nullable String bootstrap;

  RegistryOptions() {}

  /** The service's students in the topic. */
  static StudentsTopic topic(BagpipeConfig config) {
    return new StudentsTopic(
        config.topics().students(),
        new Settings(config).studentKey(RunPlace.ofService(config).id()));
  }

  /** A Kafka that answers and has the topic. */
  KafkaSettings kafka(BagpipeConfig config) {
    try (KafkaConnection kafka =
        new KafkaConnection(BrokerAddress.find(bootstrap, config), config)) {
      kafka.partitions(config.topics().students());
      return kafka.settings();
    }
  }

  Students read(BagpipeConfig config) throws Exception {
    return topic(config).read(kafka(config), false);
  }

  /** The student whose id begins so. */
  static StudentRecord find(Students all, String beginning) {
    try {
      StudentRecord found = all.find(all.idOf(beginning));
      if (found == null) {
        throw new CommandFailedException("there is no student " + beginning);
      }
      return found;
    } catch (RegistryException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }
}
