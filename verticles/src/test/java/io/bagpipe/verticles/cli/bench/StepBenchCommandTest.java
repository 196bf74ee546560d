package io.bagpipe.verticles.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepBenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("bench", "step", "--width=4", "--size=16", "--batch=4", "--queue=64"));
    line.addAll(List.of("--iters=1", "--threads=1", "--objective=all"));
    line.addAll(List.of(more));
    return BagpipeCommand.execute(
        line.toArray(String[]::new),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }

  @Test
  void allComparesEveryObjectiveWithBingo() throws Exception {
    assertThat(run("--json")).as(err.toString()).isZero();

    JsonNode said = new ObjectMapper().readTree(out.toString());
    List<String> names = new ArrayList<>();
    for (JsonNode row : said.get("objectives")) {
      names.add(row.get("objective").asText());
      assertThat(row.get("step_s").asDouble()).isPositive();
      if (row.get("objective").asText().equals("bingo")) {
        assertThat(row.get("of_bingo").asDouble()).isEqualTo(1);
      }
    }
    assertThat(names).isEqualTo(Objectives.names());
  }

  @Test
  void allTakesNoProfile() {
    assertThat(run("--profile")).isNotZero();
    assertThat(err.toString()).contains("--objective all takes neither --steady nor --profile");
  }
}
