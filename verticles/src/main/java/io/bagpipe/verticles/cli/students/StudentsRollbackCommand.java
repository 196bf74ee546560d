package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe students rollback}. */
@Command(
    name = "rollback",
    description =
        "Lets the student serve again whose place the serving one took, and holds it: the rule"
            + " promotes nobody until a person does.",
    footer = {
      "",
      "Goes through the running service's HTTP API; where no service runs, it takes the student's lease"
          + " for that long.",
      "",
      "Example:",
      "  bagpipe students rollback --reason \"it confuses shirts and coats\""
    })
final class StudentsRollbackCommand implements Callable<Integer> {
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

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; the registry keeps it.")
  private String reason = "";

  StudentsRollbackCommand() {}

  @Override
  public Integer call() throws Exception {
    common.quietKafka();
    JsonObject done =
        order.give(
            common.config(),
            "/api/registry/rollback",
            new JsonObject().put("reason", reason),
            registry,
            found ->
                found.rollBack(
                    reason.isEmpty() ? "Rolled back to by hand." : reason,
                    System.currentTimeMillis()));
    output.print(done.getMap(), out -> out.println(done.getString("serving") + " serves"));
    return ExitCode.OK;
  }
}
