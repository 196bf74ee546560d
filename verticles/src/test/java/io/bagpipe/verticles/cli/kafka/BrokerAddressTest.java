package io.bagpipe.verticles.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerAddressTest {
  @TempDir Path dir;

  @Test
  void optionThenConfigurationThenRunningService() throws IOException {
    assertThatThrownBy(() -> BrokerAddress.find(null, config("seed=1")))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("no service is running on " + dir)
        .hasMessageContaining("--bootstrap HOST:PORT");

    Files.writeString(dir.resolve("bootstrap"), "127.0.0.1:5555\n");

    assertThat(BrokerAddress.find(null, config("seed=1"))).isEqualTo("127.0.0.1:5555");
    assertThat(BrokerAddress.find(null, config("kafka.bootstrap.servers=k:1"))).isEqualTo("k:1");
    assertThat(BrokerAddress.find("o:2", config("kafka.bootstrap.servers=k:1"))).isEqualTo("o:2");
  }

  private BagpipeConfig config(String set) {
    return new ConfigSources(Map.of(), null, Map.of(), List.of("data.dir=" + dir, set)).load();
  }
}
