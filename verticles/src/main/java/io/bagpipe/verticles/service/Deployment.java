package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.augment.AugmentVerticle;
import io.bagpipe.verticles.bags.BagIndexVerticle;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.Role;
import io.bagpipe.verticles.ops.OpsVerticle;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle.Surroundings;
import io.bagpipe.verticles.student.StudentVerticle;
import io.bagpipe.verticles.teacher.TeacherVerticle;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verticles of this process's roles. */
final class Deployment {
  /** A verticle and the name it goes by in messages. */
  record Part(String name, Deployable verticle) {}

  private final List<Part> parts = new ArrayList<>();
  private final @Nullable OpsVerticle ops;
  private final @Nullable KafkaDoor door;
  private final Tracing tracing;

  /**
   * @param meters of this process; needed by the ops role alone
   * @param onFailure told when a stage cannot go on
   */
  Deployment(
      BagpipeConfig config,
      Settings settings,
      Plan plan,
      RunPlace place,
      Vertx vertx,
      KafkaSettings kafka,
      @Nullable KafkaMeters meters,
      Consumer<Throwable> onFailure) {
    String endpoint = config.tracing().otlpEndpoint();
    tracing = endpoint.isEmpty() ? Tracing.OFF : Tracing.to(endpoint, config.instanceId());
    Surroundings around =
        new Surroundings(
            kafka,
            Recipe.of(config, settings.needs(), plan.teacherSha256()),
            config.shutdown().deadline(),
            tracing,
            onFailure);
    if (meters != null) {
      door = OpsParts.door(vertx, kafka, settings, config);
      ops = OpsParts.verticle(config, place, door, meters.registry());
      parts.add(new Part("ops", ops));
    } else {
      door = null;
      ops = null;
    }
    if (config.roles().contains(Role.STUDENT)) {
      parts.add(
          new Part(
              "student",
              new StudentVerticle(
                  config,
                  settings,
                  new StudentVerticle.Run(place.id(), place.directory(), place.checkpoints()),
                  new StudentVerticle.Teacher(plan.dimensions().key(), plan.teacherSha256()),
                  around)));
    }
    if (config.roles().contains(Role.BAGS)) {
      parts.add(
          new Part("bags", new BagIndexVerticle(config, settings, plan.dimensions(), around)));
    }
    if (config.roles().contains(Role.TEACHER)) {
      parts.add(new Part("teacher", new TeacherVerticle(config, settings, around)));
    }
    if (config.roles().contains(Role.AUGMENT)) {
      parts.add(new Part("augment", new AugmentVerticle(config, settings, around)));
    }
  }

  /** In the order to start them; the other way round is the order to stop them. */
  List<Part> downstreamFirst() {
    return parts;
  }

  /** Where the dashboard is once deployed, or -1. */
  int httpPort() {
    return ops == null ? -1 : ops.port();
  }

  /** After everything has been undeployed. */
  Future<Void> close() {
    tracing.close();
    return door == null ? Future.succeededFuture() : door.close();
  }
}
