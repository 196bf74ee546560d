package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.Role;
import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.OpsMetrics;
import io.bagpipe.verticles.ops.OpsVerticle;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;

/** The operations verticle with what it needs of the rest. */
final class OpsParts {
  /** Images that wait in Kafka before HTTP ingest is told to come back later. */
  private static final long DOOR_SHUTS_AT = 100_000;

  private OpsParts() {}

  static KafkaDoor door(Vertx vertx, KafkaSettings kafka, Settings settings) {
    return new KafkaDoor(vertx, kafka, settings.topics(), settings.recordBytes(), DOOR_SHUTS_AT);
  }

  static OpsVerticle verticle(BagpipeConfig config, RunPlace place, KafkaDoor door) {
    OpsConfig ops =
        new OpsConfig(
            new OpsConfig.Listen(config.http().host(), config.http().port(), null, null),
            OpsConfig.Limits.DEFAULT,
            OpsConfig.Patience.DEFAULT,
            config.data().dir(),
            place.directory(),
            stages(config.roles()));
    return new OpsVerticle(
        ops,
        new OpsVerticle.Collaborators(door, door, OpsMetrics.newRegistry(), Clock.systemUTC()));
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
