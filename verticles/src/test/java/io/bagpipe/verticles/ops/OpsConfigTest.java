package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.verticles.ops.OpsConfig.Listen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.7", "127.evil.example", "example.org"})
  void beyondLoopbackATokenIsObligatory(String host) {
    assertThatThrownBy(() -> new Listen(host, 8080, null, null))
        .hasMessageContaining("set http.token");
    assertThat(new Listen(host, 8080, "0123456789abcdef", null).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.1.2.3"})
  void onLoopbackNoneIsNeeded(String host) {
    assertThat(new Listen(host, 0, null, null).token()).isNull();
  }

  @Test
  void theTokenIsNeverPrinted() {
    assertThat(new Listen("::", 1, "0123456789abcdef", null).toString())
        .contains("***")
        .doesNotContain("0123456789abcdef");
    assertThatThrownBy(() -> new Listen("::", 1, "short", null))
        .hasMessageContaining("16")
        .hasMessageNotContaining("short");
  }
}
