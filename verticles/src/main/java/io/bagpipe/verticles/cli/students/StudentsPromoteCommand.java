package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bagpipe students promote}. */
@Command(
    name = "promote",
    description =
        "Lets a student serve, whatever the rule says; of the one that serves, lets the rule decide"
            + " again.",
    footer = {
      "",
      "Goes through the running service's HTTP API; where no service runs, it takes the student's lease"
          + " for that long.",
      "",
      "Example:",
      "  bagpipe students promote 25600 --reason \"better on our own images\""
    })
final class StudentsPromoteCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private RegistryOptions registry;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Order order;

  @Parameters(
      paramLabel = "STUDENT",
      description = "Its id, or as much of its beginning as no other has: the anchors.")
  @SuppressWarnings("NullAway.Init")
  private String id;

  @Option(names = "--hold", description = "The rule promotes nobody in its place.")
  private boolean hold;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; the registry keeps it.")
  private String reason = "";

  StudentsPromoteCommand() {}

  @Override
  public Integer call() throws Exception {
    common.quietKafka();
    JsonObject done =
        order.give(
            common.config(),
            "/api/registry/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "/promote",
            new JsonObject().put("reason", reason).put("hold", hold),
            registry,
            found ->
                found.promote(
                    id,
                    reason.isEmpty() ? "Promoted by hand." : reason,
                    hold,
                    System.currentTimeMillis()));
    output.print(done.getMap(), out -> out.println(done.getString("serving") + " serves"));
    return ExitCode.OK;
  }
}
