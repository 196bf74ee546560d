package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.registry.StudentDiff;
import io.bagpipe.verticles.registry.StudentFiles;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.Students;
import io.bagpipe.verticles.service.RunPlace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bagpipe students diff}. */
@Command(
    name = "diff",
    description = {
      "Says in what two students differ: scores, images, teacher, objective, configuration. Keys of"
          + " the configuration are named where both files are on this host."
    },
    footer = {"", "Example:", "  bagpipe students diff 19200 25600"})
final class StudentsDiffCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private RegistryOptions registry;

  @Parameters(index = "0", paramLabel = "STUDENT", description = "One; its id or its beginning.")
  @SuppressWarnings("NullAway.Init")
  private String one;

  @Parameters(index = "1", paramLabel = "OTHER", description = "The other.")
  @SuppressWarnings("NullAway.Init")
  private String other;

  StudentsDiffCommand() {}

  @Override
  public Integer call() throws Exception {
    common.quietKafka();
    var config = common.config();
    Students all = registry.read(config);
    StudentRecord from = RegistryOptions.find(all, one);
    StudentRecord to = RegistryOptions.find(all, other);
    StudentFiles files = new StudentFiles(RunPlace.ofService(config).checkpoints());
    List<StudentDiff.Difference> differences = StudentDiff.of(from, to, files);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("student", from.id());
    document.put("other", to.id());
    document.put("differences", differences);
    output.print(
        document,
        out -> {
          out.printf("%-36s %-28s %s%n", "", from.id(), to.id());
          differences.forEach(d -> out.printf("%-36s %-28s %s%n", d.what(), d.one(), d.other()));
        });
    return ExitCode.OK;
  }
}
