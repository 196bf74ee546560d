package io.bagpipe.verticles.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.demo.Curves;
import io.bagpipe.verticles.demo.DemoReport;
import io.bagpipe.verticles.demo.DemoResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a demo says of a student that got worse. */
class DemoOutcomeTest {
  @TempDir Path directory;

  private static DemoResult result(double start, double end) {
    return result(start, end, start, end);
  }

  private static DemoResult result(double start, double end, double linearStart, double linearEnd) {
    return new DemoResult(
        600,
        592,
        0,
        8,
        start,
        end,
        linearStart,
        linearEnd,
        5,
        4,
        10,
        60,
        5,
        1,
        "resnet18",
        1,
        "runs/x",
        "c");
  }

  @Test
  void isSaidInWordsInJsonInTheReportAndByTheExitCode() throws IOException {
    DemoResult worse = result(0.593, 0.526);
    assertThat(DemoCommand.exitCode(worse)).isEqualTo(ExitCode.WORSE).isEqualTo(4);
    assertThat(worse.warning()).startsWith("The student ended WORSE").contains("0.593 to 0.526");
    assertThat(new ObjectMapper().writeValueAsString(worse))
        .contains("\"worse_than_untrained\":true")
        .doesNotContain("warning");
    new DemoReport(directory).write(worse, new Curves());
    assertThat(Files.readString(directory.resolve(DemoReport.MARKDOWN)))
        .contains("**The student ended WORSE");
  }

  @Test
  void aLinearProbeThatAloneFellIsSaidAndNoFailure() throws IOException {
    DemoResult mixed = result(0.758, 0.867, 0.82, 0.81);
    assertThat(DemoCommand.exitCode(mixed)).isZero();
    assertThat(mixed.warning()).startsWith("kNN top-1 rose, but").contains("0.810, before 0.820");
    new DemoReport(directory).write(mixed, new Curves());
    assertThat(Files.readString(directory.resolve(DemoReport.MARKDOWN)))
        .contains("**kNN top-1 rose, but")
        .contains("0.820 → 0.810");
  }

  @Test
  void thereIsNothingToSayOfOneThatDidNot() throws IOException {
    for (DemoResult well :
        new DemoResult[] {result(0.758, 0.867), result(0.5, 0.5), result(Double.NaN, Double.NaN)}) {
      assertThat(DemoCommand.exitCode(well)).isZero();
      assertThat(well.warning()).isEmpty();
      assertThat(new ObjectMapper().writeValueAsString(well))
          .contains("\"worse_than_untrained\":false");
    }
    new DemoReport(directory).write(result(0.758, 0.867), new Curves());
    assertThat(Files.readString(directory.resolve(DemoReport.MARKDOWN))).doesNotContain("WORSE");
  }
}
