package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.secret;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where dashboard, metrics and ingest are served, and to whom.
 *
 * @param givenToken asked of every request but health; null: none is given here
 * @param tokenFile holds the token instead; null: none
 * @param tls certificate and key; null: plain HTTP
 * @param ingestBacklog images not yet augmented above which no more are taken
 */
public record HttpConfig(
    String host,
    int port,
    @Nullable String givenToken,
    @Nullable Path tokenFile,
    @Nullable Tls tls,
    long ingestBacklog) {
  private static final Pattern TOKEN = Pattern.compile("[!-~]{16,512}");
  private static final String VALID_TOKEN = "16 to 512 visible ASCII characters without a space";
  private static final long LARGEST_FILE = 4096;

  static final Key<String> HOST =
      new Key<>(
          "http.host",
          text("a host name or an address", s -> s.matches("[A-Za-z0-9.:_-]+|\\[[0-9A-Fa-f:.]+]")),
          "127.0.0.1",
          "Address to listen on. Beyond loopback a token is obligatory: set http.token or"
              + " http.token-file, and http.tls.* unless something before it ends TLS.");
  static final Key<Integer> PORT =
      new Key<>("http.port", integer(0, 65535), "8080", "Port to listen on; 0 takes any free one.");
  static final Key<String> TOKEN_KEY =
      new Key<>(
          "http.token",
          secret("empty, or " + VALID_TOKEN, s -> s.isEmpty() || TOKEN.matcher(s).matches()),
          "",
          "Asked of every request but /health/*: `Authorization: Bearer ...`; browsers are asked"
              + " once. Better given by the environment or http.token-file than by --set, which"
              + " other users of the machine can see.");
  static final Key<String> TOKEN_FILE =
      new Key<>(
          "http.token-file",
          text("a file, or empty", s -> true),
          "",
          "A file that holds the token, such as a mounted secret; read at the start.");
  static final Key<String> TLS_CERT =
      new Key<>(
          "http.tls.cert",
          text("a PEM file, or empty for plain HTTP", s -> true),
          "",
          "The server's certificate, then the chain above it; read at the start.");
  static final Key<String> TLS_KEY =
      new Key<>(
          "http.tls.key",
          text("a PEM file, or empty for plain HTTP", s -> true),
          "",
          "The certificate's private key, not encrypted.");

  static final Key<Long> INGEST_BACKLOG =
      new Key<>(
          "http.ingest-backlog",
          whole(1, Long.MAX_VALUE),
          "100000",
          "Images in the topic that are not yet augmented, above which HTTP ingest answers 429 and"
              + " takes no more until there are fewer again; counted every 2 s. Other producers"
              + " are never held back.");

  static final List<Key<?>> KEYS =
      List.of(HOST, PORT, TOKEN_KEY, TOKEN_FILE, INGEST_BACKLOG, TLS_CERT, TLS_KEY);

  /** PEM files. */
  public record Tls(Path certificate, Path key) {}

  static HttpConfig from(Values values) {
    String token = values.get(TOKEN_KEY);
    Path file = optional(values, TOKEN_FILE);
    if (!token.isEmpty() && file != null) {
      throw new ConfigException(
          "http.token-file: \"" + file + "\" is not valid beside http.token; set one of the two");
    }
    Path certificate = optional(values, TLS_CERT);
    Path key = optional(values, TLS_KEY);
    Tls tls = null;
    if (certificate != null && key != null) {
      tls = new Tls(certificate, key);
    } else if (certificate != null || key != null) {
      throw new ConfigException(
          (key == null ? "http.tls.key" : "http.tls.cert")
              + ": \"\" is not valid; http.tls.cert and http.tls.key belong together, set both");
    }
    return new HttpConfig(
        values.get(HOST),
        values.get(PORT),
        token.isEmpty() ? null : token,
        file,
        tls,
        values.get(INGEST_BACKLOG));
  }

  private static @Nullable Path optional(Values values, Key<String> key) {
    return values.get(key).isBlank() ? null : values.path(key);
  }

  /**
   * The token, out of its file where it is in one; null: nobody is asked. Blocking, briefly.
   *
   * @throws ConfigException when the file cannot be read or holds no token
   */
  public @Nullable String token() {
    Path file = tokenFile;
    if (file == null) {
      return givenToken;
    }
    try {
      String token = Files.size(file) > LARGEST_FILE ? "" : Files.readString(file).strip();
      if (!TOKEN.matcher(token).matches()) {
        throw new ConfigException(
            "http.token-file: \""
                + file
                + "\" is not valid; expected a file with "
                + VALID_TOKEN
                + " (openssl rand -hex 32 makes one)");
      }
      return token;
    } catch (IOException e) {
      throw new ConfigException(
          "http.token-file: \""
              + file
              + "\" cannot be read ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  /** What a browser on this machine opens. */
  public String url(int boundPort) {
    boolean bare = host.contains(":") && !host.startsWith("[");
    return (tls == null ? "http://" : "https://")
        + (bare ? "[" + host + "]" : host)
        + ":"
        + boundPort;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "HttpConfig[host=%s, port=%d, token=%s, tokenFile=%s, tls=%s, ingestBacklog=%d]"
        .formatted(host, port, givenToken == null ? "none" : "***", tokenFile, tls, ingestBacklog);
  }
}
