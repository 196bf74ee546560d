package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;

/** The dashboard on pretended stages, to look at: {@code main} serves it on port 8090. */
public final class FakeService {
  private FakeService() {}

  static OpsConfig config(Path data, Listen listen) {
    return new OpsConfig(
        listen,
        Limits.DEFAULT,
        Patience.DEFAULT,
        data,
        data.resolve("runs"),
        EnumSet.allOf(Stage.class));
  }

  static OpsVerticle.Collaborators collaborators() {
    return new OpsVerticle.Collaborators(
        LagSource.NONE,
        (key, bytes, headers) ->
            Future.succeededFuture(new ImageIngest.Accepted(key == null ? "0-0" : key, 0, 0)),
        OpsMetrics.newRegistry(),
        Clock.systemUTC());
  }

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx();
    OpsConfig config = config(Path.of(args[0]), Listen.local(8090));
    vertx
        .deployVerticle(new OpsVerticle(config, collaborators()))
        .compose(ops -> vertx.deployVerticle(new FakeStages(1000, 240)))
        .onFailure(
            e -> {
              System.err.println(e.getMessage());
              System.exit(1);
            });
  }
}
