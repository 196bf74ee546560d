package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.ModelCard;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.Students;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bagpipe students show}. */
@Command(
    name = "show",
    description = "Prints a student's model card: what to know before it is deployed.",
    footer = {"", "Example:", "  bagpipe students show 25600"})
final class StudentsShowCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private RegistryOptions registry;

  @Parameters(
      paramLabel = "STUDENT",
      description = "Its id, or as much of its beginning as no other has: the anchors.")
  @SuppressWarnings("NullAway.Init")
  private String id;

  StudentsShowCommand() {}

  @Override
  public Integer call() throws Exception {
    common.quietKafka();
    Students all = registry.read(common.config());
    Dossier dossier = Dossier.of(all, RegistryOptions.find(all, id));
    output.print(
        StudentJson.FILE.document(dossier),
        out -> out.print(new ModelCard(dossier, null).markdown("", "")));
    return ExitCode.OK;
  }
}
