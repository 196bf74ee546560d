package io.bagpipe.verticles.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellLogTest {
  private static final Cell ONE = new Cell(Map.of("objective", "bingo"), 1, "a");
  private static final Cell TWO = new Cell(Map.of("objective", "bingo"), 2, "a");

  @TempDir private Path directory;

  @Test
  void whatWasDoneIsThereWhenItIsOpenedAgain() throws Exception {
    try (CellLog log = CellLog.open(directory)) {
      assertThat(log.find(ONE)).isEmpty();
      log.add(ONE, Map.of("knn", 0.5, "matrix", List.of(List.of(0.25, 1.0))));
      log.add(TWO, Map.of("knn", 0.75));
    }
    assertThat(Files.readAllLines(directory.resolve("cells.jsonl")))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("{\"cell\":\"bingo/seed-1\",\"objective\":\"bingo\",\"seed\":1,");
    try (CellLog log = CellLog.open(directory)) {
      assertThat(log.find(ONE)).contains(Map.of("knn", 0.5, "matrix", List.of(List.of(0.25, 1.0))));
      assertThat(log.find(TWO)).contains(Map.of("knn", 0.75));
    }
  }

  @Test
  void aFileHalfWrittenAsideIsNobodys() throws Exception {
    try (CellLog log = CellLog.open(directory)) {
      log.add(ONE, Map.of("knn", 0.5));
    }
    Files.writeString(directory.resolve("cells.jsonl.new"), "{\"cell\":");
    try (CellLog log = CellLog.open(directory)) {
      assertThat(log.find(ONE)).isPresent();
      log.add(TWO, Map.of());
    }
    try (CellLog log = CellLog.open(directory)) {
      assertThat(log.find(TWO)).isPresent();
    }
  }

  @Test
  void figuresByOtherSettingsAreNotMixedIn() throws Exception {
    try (CellLog log = CellLog.open(directory)) {
      log.add(ONE, Map.of("knn", 0.5));
      assertThatThrownBy(() -> log.find(new Cell(ONE.names(), 1, "b")))
          .isInstanceOf(ExperimentException.class)
          .hasMessageContaining("bingo/seed-1 by another configuration");
    }
  }

  @Test
  void oneProcessAtATime() throws Exception {
    try (CellLog log = CellLog.open(directory)) {
      assertThatThrownBy(() -> CellLog.open(directory))
          .isInstanceOf(ExperimentException.class)
          .hasMessageContaining("in use by another bagpipe");
      assertThat(log.find(ONE)).isEmpty();
    }
    CellLog.open(directory).close();
  }

  @Test
  void aLineThatIsNoneIsNamed() throws Exception {
    Files.writeString(
        directory.resolve("cells.jsonl"),
        "{\"cell\":\"a\",\"settings\":\"b\",\"result\":{}}\n{\"cell\":\"c\"}\n");
    assertThatThrownBy(() -> CellLog.open(directory)).hasMessageContaining("line 2 lacks");
    Files.writeString(directory.resolve("cells.jsonl"), "{\"cell\n");
    assertThatThrownBy(() -> CellLog.open(directory)).hasMessageContaining("line 1 is no JSON");
  }
}
