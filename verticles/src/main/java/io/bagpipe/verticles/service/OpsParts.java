package io.bagpipe.verticles.service;

import io.bagpipe.model.nativelib.NativeMemory;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigException;
import io.bagpipe.verticles.config.HttpConfig;
import io.bagpipe.verticles.config.Role;
import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.OpsMetrics;
import io.bagpipe.verticles.ops.OpsVerticle;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.http.TlsFiles;
import io.bagpipe.verticles.stage.Settings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.util.EnumSet;
import java.util.Set;

/** The operations verticle with what it needs of the rest. */
final class OpsParts {
  private OpsParts() {}

  static KafkaDoor door(Vertx vertx, KafkaSettings kafka, Settings settings, BagpipeConfig config) {
    return new KafkaDoor(
        vertx,
        kafka,
        config.service().name(),
        settings.topics(),
        config.limits(),
        config.http().ingestBacklog());
  }

  /** Of everything that this process measures. */
  static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = OpsMetrics.newRegistry();
    OpsMetrics.offHeap(registry, NativeMemory::allocatedBytes, NativeMemory::residentBytes);
    return registry;
  }

  static OpsVerticle verticle(
      BagpipeConfig config, RunPlace place, KafkaDoor door, PrometheusMeterRegistry registry) {
    OpsConfig ops =
        new OpsConfig(
            listen(config.http()),
            OpsConfig.Limits.DEFAULT.withImageBytes(Math.toIntExact(config.limits().imageBytes())),
            OpsConfig.Patience.DEFAULT,
            config.data().dir(),
            place.directory(),
            stages(config.roles()));
    return new OpsVerticle(
        ops, new OpsVerticle.Collaborators(door, door, registry, new SteadyClock()));
  }

  /**
   * Where to listen and to whom.
   *
   * @throws ConfigException when the token is missing beyond loopback or cannot be read, or the TLS
   *     files are none
   */
  static OpsConfig.Listen listen(HttpConfig http) {
    HttpConfig.Tls files = http.tls();
    OpsConfig.Tls tls = files == null ? null : new OpsConfig.Tls(files.certificate(), files.key());
    try {
      if (tls != null) {
        TlsFiles.check(tls);
      }
      return new OpsConfig.Listen(http.host(), http.port(), http.token(), tls);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static Set<Stage> stages(Set<Role> roles) {
    Set<Stage> stages = EnumSet.noneOf(Stage.class);
    for (Role role : roles) {
      switch (role) {
        case AUGMENT -> stages.add(Stage.AUGMENT);
        case TEACHER -> stages.add(Stage.TEACHER);
        case BAGS -> stages.add(Stage.BAGS);
        case STUDENT -> stages.add(Stage.STUDENT);
        case OPS -> {}
      }
    }
    return stages;
  }
}
