package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.events.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operations verticle needs to know.
 *
 * @param dataDirectory of the history store; made when missing
 * @param runsDirectory of checkpoints and exported students, for downloads
 * @param stages that run in this process: readiness waits for them
 */
public record OpsConfig(
    Listen listen,
    Limits limits,
    Patience patience,
    Path dataDirectory,
    Path runsDirectory,
    Set<Stage> stages) {

  public OpsConfig {
    stages = Set.copyOf(stages);
  }

  /**
   * Where and to whom. Beyond loopback a token is obligatory.
   *
   * @param host to bind, 127.0.0.1 unless told
   * @param port to bind, 0 for any
   * @param token asked of every request but health, at least 16 characters; null: nobody is asked
   * @param tls certificate and key; null: plain HTTP
   */
  public record Listen(String host, int port, @Nullable String token, @Nullable Tls tls) {
    private static final int SHORTEST_TOKEN = 16;

    public Listen {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("http.port: " + port + " is not in 0..65535");
      }
      if (token != null && token.length() < SHORTEST_TOKEN) {
        throw new IllegalArgumentException(
            "http.token: " + token.length() + " characters; at least 16 are needed");
      }
      if (token == null && !Loopback.is(host)) {
        throw new IllegalArgumentException(
            "http.host: '"
                + host
                + "' is reachable from other hosts; set http.token or http.token-file too, or bind"
                + " 127.0.0.1");
      }
    }

    /** Loopback, the default port, no token, no TLS. */
    public static Listen local(int port) {
      return new Listen("127.0.0.1", port, null, null);
    }

    @Override
    public String toString() {
      return "Listen[host=%s, port=%d, token=%s, tls=%s]"
          .formatted(host, port, token == null ? "none" : "***", tls);
    }
  }

  /** PEM files. */
  public record Tls(Path certificate, Path key) {}

  /**
   * What one client may ask.
   *
   * @param imageBytes largest image accepted
   * @param bodyBytes largest request body (a multipart push of several images)
   * @param headerTimeout a connection must bring the head of its (next) request within this time
   * @param bodyTimeout a body must have arrived after this time
   * @param connections open at once, from everybody; three quarters of them with a request at work
   * @param listeners of the event stream at once
   */
  public record Limits(
      int imageBytes,
      int bodyBytes,
      Duration headerTimeout,
      Duration bodyTimeout,
      int connections,
      int listeners) {
    public static final Limits DEFAULT =
        new Limits(32 << 20, 64 << 20, Duration.ofSeconds(30), Duration.ofSeconds(30), 256, 64);

    public Limits {
      if (imageBytes < 1 || bodyBytes < imageBytes) {
        throw new IllegalArgumentException(
            "http.limits: image bytes "
                + imageBytes
                + " must be at least 1 and at most body bytes "
                + bodyBytes);
      }
      if (connections < 1 || listeners < 1) {
        throw new IllegalArgumentException(
            "http.limits: connections and listeners must be at least 1");
      }
    }

    /** The same for images of another size; a body may always hold one. */
    public Limits withImageBytes(int bytes) {
      return new Limits(
          bytes, Math.max(bytes, bodyBytes), headerTimeout, bodyTimeout, connections, listeners);
    }
  }

  /**
   * How long to wait before a stage is thought ill.
   *
   * @param silentAfter no word from a stage: shown as silent
   * @param stalledAfter input but no progress: shown as stalled
   * @param deadAfter input but no progress: {@code /health/live} says 503, so that an orchestrator
   *     restarts the process
   * @param reply of a stage to a request
   */
  public record Patience(
      Duration silentAfter, Duration stalledAfter, Duration deadAfter, Duration reply) {
    public static final Patience DEFAULT =
        new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));
  }
}
