package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do must not make an orchestrator think that the process is ill. */
class ProbesTest extends OpsFixture {
  private static final String TOKEN = "a-token-of-some-length";
  private final List<Socket> held = new ArrayList<>();

  @AfterEach
  void release() throws Exception {
    for (Socket socket : held) {
      socket.close();
    }
  }

  /** Sends this, and waits until its head has been read: something is said to it, if only bye. */
  private void hold(String text) throws Exception {
    Socket socket = socket();
    held.add(socket);
    try {
      write(socket, text);
      socket.getInputStream().read();
      write(socket, "1\r\nx");
    } catch (SocketException e) {
      // turned away already
    }
  }

  private void probesAreAnswered() throws Exception {
    for (int i = 0; i < 10; i++) {
      for (String path : List.of("/health/live", "/health/ready")) {
        String probe = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assertThat(raw(probe)).matches("(?s)HTTP/1.1 (200|503) .*\"checks\".*");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /health/x",
        "POST /health/live",
        "GET /health/live",
        "POST /api/images",
        "POST /api/embed",
        "POST /api/control/resume",
        "POST /login",
        "POST /nothing",
        "GET /api/status",
        "PUT /"
      })
  void bodiesThatTrickleInStopNoProbe(String request) throws Exception {
    for (Listen listen : List.of(Listen.local(0), new Listen("0.0.0.0", 0, TOKEN, null))) {
      start(listen, Limits.DEFAULT);
      for (int i = 0; i < 300; i++) {
        String body = i < 2 ? "Transfer-Encoding: chunked" : "Content-Length: 60000";
        hold(
            request
                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + (i % 3 == 0 ? "wrong" : TOKEN)
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + body
                + "\r\nExpect: 100-continue\r\n\r\n");
      }

      probesAreAnswered();

      release();
      held.clear();
      get(vertx.undeploy(ops.deploymentID()));
    }
  }
}
