package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.Students;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe students list}. */
@Command(
    name = "list",
    description =
        "Lists the student that serves, the others that are known, newest first, and what they are"
            + " held against.",
    footer = {"", "Example:", "  bagpipe students list --json"})
final class StudentsListCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private RegistryOptions registry;

  StudentsListCommand() {}

  @Override
  public Integer call() throws Exception {
    common.quietKafka();
    Students all = registry.read(common.config());
    StudentRecord serving = all.serving();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("serving", serving == null ? null : serving.id());
    document.put("students", all.all().stream().map(StudentJson.FILE::document).toList());
    output.print(document, out -> print(all, out));
    return ExitCode.OK;
  }

  private static void print(Students all, PrintWriter out) {
    if (all.all().isEmpty()) {
      out.println("no student yet: the first checkpoint makes one");
      return;
    }
    out.printf("%-20s %-10s %8s %8s  %s%n", "student", "stage", "kNN", "RankMe", "why");
    for (StudentRecord one : all.all()) {
      out.printf(
          Locale.ROOT,
          "%-20s %-10s %8s %8s  %s%n",
          one.id(),
          one.stage().id(),
          number(one.scores().accuracies().get(Scores.KNN), 3),
          number(one.scores().rankMe(), 1),
          Failures.printable(one.decision().reason() + (one.decision().held() ? " (held)" : "")));
    }
  }

  static String number(@Nullable Double value, int digits) {
    return value == null ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
