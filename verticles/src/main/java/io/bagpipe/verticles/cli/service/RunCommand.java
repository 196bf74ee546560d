package io.bagpipe.verticles.cli.service;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.service.ClockSetBackException;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.service.Service;
import io.bagpipe.verticles.service.ShutdownHook;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe run}: the long-running service. */
@Command(
    name = "run",
    description =
        "Runs the service: takes images from Kafka and trains the student until it is stopped.",
    footer = {
      "",
      "SIGTERM or Ctrl-C stops it cleanly: intake stops, work in flight drains, a checkpoint is",
      "written. Started again it goes on from there.",
      "",
      "Examples:",
      "  bagpipe run --set preset=imagenet --set teacher.path=resnet50.onnx      photographs; embedded",
      "                                                        broker, state in ~/.bagpipe",
      "  bagpipe run -c bagpipe.yaml --set kafka.bootstrap.servers=host:9092     an existing Kafka",
      "  bagpipe run -c bagpipe.yaml --roles teacher             one stage of many processes",
    })
public final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Option(
      names = "--roles",
      paramLabel = "ROLE,...",
      description = "Stages that this process runs; the same as --set roles=...")
  private @Nullable String roles;

  RunCommand() {}

  private ConfigSources sources() {
    ConfigSources sources = common.sources(Map.of());
    return roles == null ? sources : sources.with("roles=" + roles);
  }

  @Override
  public Integer call() throws InterruptedException {
    BagpipeConfig config = sources().load();
    AtomicReference<@Nullable Service> running = new AtomicReference<>();
    OutOfMemoryWatch.install(
        e -> {
          Service service = running.get();
          if (service != null) {
            service.failure().completeExceptionally(e);
          }
        });
    while (true) {
      String bootstrap = run(config, running);
      if (config.kafka().embedded()) {
        // whoever pushes has the address
        String port = bootstrap.substring(bootstrap.lastIndexOf(':') + 1);
        config = sources().with("kafka.embedded.port=" + port).load();
      }
    }
  }

  /**
   * Runs until it fails, or until it has to be started anew.
   *
   * @return where Kafka was
   */
  private String run(BagpipeConfig config, AtomicReference<@Nullable Service> running)
      throws InterruptedException {
    Service service = Service.start(config, RunPlace.ofService(config));
    running.set(service);
    ShutdownHook hook = ShutdownHook.install(service::stop);
    try {
      if (service.httpPort() >= 0) {
        common.err().println("dashboard: " + config.http().url(service.httpPort()));
      }
      common.err().println("kafka:     " + service.kafka().bootstrapServers());
      common.err().flush();
      service.failure().get();
      throw new IllegalStateException("the service ended without a reason");
    } catch (ExecutionException e) {
      hook.remove();
      service.stop();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof ClockSetBackException) {
        LOG.warn("started anew: {}", cause.getMessage());
        return service.kafka().bootstrapServers();
      }
      throw new CommandFailedException(String.valueOf(cause.getMessage()), cause);
    }
  }
}
