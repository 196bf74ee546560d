package io.bagpipe.verticles.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.doctor.Finding.Severity;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aUsableMachineIsExitCodeZeroAndOneJsonLine() throws IOException {
    int code = doctor("--json", "--set", "http.port=0");

    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString()).hasLineCount(1);
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("usable").asBoolean()).isTrue();
    assertThat(report.get("findings"))
        .extracting(finding -> finding.get("name").asText())
        .contains("Java", "memory", "oneDNN", "Kafka", "HTTP port", "data directory")
        .doesNotContain("speed");
  }

  @Test
  void aPortInUseFailsWithItsCure() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int code = doctor("--set", "http.port=" + taken.getLocalPort());

      assertThat(code).isEqualTo(1);
      assertThat(out.toString())
          .containsPattern("FAIL +HTTP port +127.0.0.1:" + taken.getLocalPort() + " cannot be had")
          .contains("set http.port to another one")
          .endsWith("Bagpipe cannot run like this.\n");
    }
  }

  @Test
  void aKafkaThatIsNotThereFailsWithItsCure() throws IOException {
    int code = doctor("--set", "http.port=0", "--set", "kafka.bootstrap.servers=127.0.0.1:1");

    assertThat(code).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("FAIL +Kafka +127.0.0.1:1 does not answer: .* -> start it");
  }

  @Test
  void transactionsAreJudgedByWhatWasTried() {
    assertThat(ServiceChecks.transactions(1).severity()).isEqualTo(Severity.GOOD);
    assertThat(ServiceChecks.transactions(2).severity()).isEqualTo(Severity.GOOD);
    assertThat(ServiceChecks.transactions(3).severity()).isEqualTo(Severity.WARNING);
    assertThat(ServiceChecks.transactions(3).cure()).contains("--feature transaction.version=2");
  }

  @Test
  void aDataDirectoryIsJudgedBeforeItExists() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(ServiceChecks.space(folder.resolve("a/b/c")).severity())
        .isNotEqualTo(Severity.ESSENTIAL);
    assertThat(ServiceChecks.space(file.resolve("below")).cure()).contains("set data.dir");
  }

  @Test
  void anOddLengthIsRefused() throws IOException {
    assertThat(doctor("--seconds", "-1")).isEqualTo(1);
    assertThat(err.toString()).contains("--seconds -1.0 is not valid; expected 0 to 60");
  }

  private int doctor(String... more) {
    List<String> arguments = new ArrayList<>(List.of("doctor", "--set", "data.dir=" + folder));
    if (!List.of(more).contains("--seconds")) {
      arguments.addAll(List.of("--seconds", "0"));
    }
    arguments.addAll(List.of(more));
    return BagpipeCommand.execute(
        arguments.toArray(String[]::new),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
