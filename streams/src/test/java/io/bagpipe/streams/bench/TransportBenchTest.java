package io.bagpipe.streams.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportBenchTest {
  @TempDir Path directory;

  @Test
  void bothWaysCopyEverythingInEitherOrder() throws Exception {
    try (TransportBench bench = new TransportBench(directory, 20, 2000)) {
      for (int round = 0; round < 2; round++) {
        TransportBench.Result result = bench.round();

        assertThat(result.ratio()).isPositive();
        assertThat(result.readRecordsPerSecond()).isPositive();
      }
    }
  }
}
