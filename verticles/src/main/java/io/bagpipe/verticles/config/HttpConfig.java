package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;

/** Where dashboard, metrics and ingest are served. */
public record HttpConfig(String host, int port) {
  static final Key<String> HOST =
      new Key<>(
          "http.host",
          text(
              "a loopback address (127.0.0.1, localhost, ::1)",
              s -> s.matches("localhost|::1|127(\\.\\d{1,3}){3}")),
          "127.0.0.1",
          "Address to listen on. Nobody is asked for a password, so that it must be loopback: to"
              + " reach it from elsewhere put a proxy before it that asks.");
  static final Key<Integer> PORT =
      new Key<>("http.port", integer(0, 65535), "8080", "Port to listen on; 0 takes any free one.");

  static final List<Key<?>> KEYS = List.of(HOST, PORT);

  static HttpConfig from(Values values) {
    return new HttpConfig(values.get(HOST), values.get(PORT));
  }
}
