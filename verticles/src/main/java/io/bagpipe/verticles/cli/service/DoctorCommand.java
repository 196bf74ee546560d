package io.bagpipe.verticles.cli.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bagpipe.model.doctor.Finding;
import io.bagpipe.model.doctor.Finding.Severity;
import io.bagpipe.model.doctor.MachineDoctor;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe doctor}: whether this machine can run the service, and how well. */
@Command(
    name = "doctor",
    description = {
      "Looks at this machine and what the configuration needs of it, says what is wrong and how to"
          + " mend it.",
      "Exit code 0 when Bagpipe can run here, 1 when something essential is missing."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe doctor",
      "  bagpipe doctor --json -c bagpipe.yaml",
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final double LONGEST_SECONDS = 60;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "2",
      description = "Length of the speed check; 0 leaves it out. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  DoctorCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!(seconds >= 0 && seconds <= LONGEST_SECONDS)) {
      throw new CommandFailedException(
          "--seconds " + seconds + " is not valid; expected 0 to " + LONGEST_SECONDS);
    }
    BagpipeConfig config = common.config();
    if (!common.verbose()
        && LoggerFactory.getLogger("org.apache.kafka") instanceof Logger kafkaClients) {
      // a broker that is away is a finding, not a screen of attempts
      kafkaClients.setLevel(Level.ERROR);
    }
    Duration speedCheck = Duration.ofMillis(Math.round(seconds * 1000));
    List<Finding> findings =
        new ArrayList<>(MachineDoctor.examine(common.environment(), speedCheck));
    findings.addAll(new ServiceChecks(config).findings());
    boolean usable = findings.stream().noneMatch(f -> f.severity() == Severity.ESSENTIAL);
    output.print(
        document(findings, usable),
        out -> {
          findings.forEach(finding -> out.println(line(finding)));
          out.println(usable ? "Bagpipe can run here." : "Bagpipe cannot run like this.");
        });
    return usable ? ExitCode.OK : ExitCode.FAILED;
  }

  private static String line(Finding finding) {
    String mark =
        switch (finding.severity()) {
          case GOOD -> "ok";
          case WARNING -> "note";
          case ESSENTIAL -> "FAIL";
        };
    String cure = finding.cure().isEmpty() ? "" : " -> " + finding.cure();
    return String.format(
        Locale.ROOT, "%-4s  %-15s  %s%s", mark, finding.name(), finding.value(), cure);
  }

  private static ObjectNode document(List<Finding> findings, boolean usable) {
    ObjectNode root = JsonMapper.builder().build().createObjectNode();
    root.put("usable", usable);
    for (Finding finding : findings) {
      root.withArray("findings")
          .addObject()
          .put("name", finding.name())
          .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
          .put("value", finding.value())
          .put("cure", finding.cure());
    }
    return root;
  }
}
