package io.bagpipe.verticles.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table.Measure KNN = new Table.Measure("knn", "kNN", "%.3f");

  @Test
  void aRowIsTheMeanOverItsSeedsWithItsStandardError() {
    Map<Cell, Map<String, Object>> cells = new LinkedHashMap<>();
    cells.put(new Cell(Map.of("objective", "bingo"), 1, ""), Map.of("knn", 0.5));
    cells.put(new Cell(Map.of("objective", "seed"), 1, ""), Map.of("knn", 0.7));
    cells.put(new Cell(Map.of("objective", "bingo"), 2, ""), Map.of("knn", 0.6));
    cells.put(new Cell(Map.of("objective", "bingo"), 3, ""), Map.of("knn", 0.7));
    cells.put(new Cell(Map.of("objective", "teacher"), 1, ""), Map.of());

    Table table = Table.of(List.of(KNN), cells);

    // s = 0.1, by hand; 0.1 / sqrt 3
    assertThat(table.markdown().lines())
        .anyMatch(line -> line.matches("\\| bingo +\\| 0.600 ± 0.058 +\\|"))
        .anyMatch(line -> line.matches("\\| seed +\\| 0.700 +\\|"))
        .anyMatch(line -> line.matches("\\| teacher +\\| – +\\|"));
    assertThat(table.document().get(0))
        .containsEntry("objective", "bingo")
        .containsEntry("seeds", List.of(1L, 2L, 3L));
    assertThat(DotsSvg.of("<&", table, List.of(KNN)))
        .contains("&lt;&amp;")
        .contains("bingo")
        .containsPattern("(?s)(<circle.*){4}");
  }
}
