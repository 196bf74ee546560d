package io.bagpipe.streams.reference;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A URI of an image that was looked at before anything is done with it: one of four schemes, plain
 * ASCII, no user information, no fragment, no {@code .} or {@code ..} in its path in any encoding,
 * and a host that reads the same to everybody. Immutable.
 *
 * @param scheme in lower case
 * @param host in lower case, an IPv6 address without brackets; empty: none ({@code file:}); of
 *     {@code s3:} the bucket
 * @param port the scheme's own where none is given; -1: the scheme has none
 * @param path as given, percent-encoded, with its leading slash
 * @param query as given; empty: none
 */
public record Reference(String scheme, String host, int port, String path, String query) {
  private static final int LONGEST = 4096;

  /** Visible ASCII; no backslash, which some read as a slash. */
  private static final Pattern PLAIN = Pattern.compile("[!-~&&[^\\\\]]+");

  private static final Pattern UNENCODED = Pattern.compile("[A-Za-z0-9._~/-]");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]*[a-z0-9])?");

  /** What some read as a number: decimal, octal and hexadecimal forms of an address. */
  private static final Pattern NUMERIC = Pattern.compile("(0x[0-9a-f]*|[0-9]+)(\\..*)?");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.|$)){4}");

  private static final Pattern LAST_NUMERIC = Pattern.compile(".*\\.(0x[0-9a-f]*|[0-9]+)");

  /**
   * @throws FetchRefusedException {@link Refusal#BAD_REFERENCE}, with the reason
   */
  public static Reference parse(String text) throws FetchRefusedException {
    if (text.length() > LONGEST) {
      throw bad(text, "it has more than " + LONGEST + " characters");
    }
    if (!PLAIN.matcher(text).matches()) {
      throw bad(text, "expected visible ASCII without a backslash; other characters as %XX");
    }
    URI uri;
    try {
      uri = new URI(text).parseServerAuthority();
    } catch (URISyntaxException e) {
      uri = bucketed(text, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.isOpaque() || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
      throw bad(text, "expected SCHEME://HOST/PATH, without user information and fragment");
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (hasDots(path)) {
      throw bad(text, "its path has . or .. in it");
    }
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    return switch (scheme) {
      case "http" -> web(text, uri, scheme, 80, path, query);
      case "https" -> web(text, uri, scheme, 443, path, query);
      case "s3" -> bucket(text, uri, path, query);
      case "file" -> file(text, uri, path, query);
      default -> throw bad(text, "expected http:, https:, s3: or file:");
    };
  }

  /** Java takes no host with an underscore, and buckets may have one. */
  private static URI bucketed(String text, URISyntaxException why) throws FetchRefusedException {
    try {
      URI uri = new URI(text);
      if ("s3".equalsIgnoreCase(uri.getScheme())) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw bad(text, e.getReason());
    }
    throw bad(text, why.getReason());
  }

  private static Reference web(
      String text, URI uri, String scheme, int standardPort, String path, String query)
      throws FetchRefusedException {
    String given = uri.getHost();
    if (given == null) {
      throw bad(text, "it names no host");
    }
    String host = given.toLowerCase(Locale.ROOT);
    if (host.startsWith("[") && host.endsWith("]") && !host.contains("%")) {
      host = host.substring(1, host.length() - 1);
    } else if (!IPV4.matcher(host).matches()
        && (!NAME.matcher(host).matches()
            || NUMERIC.matcher(host).matches()
            || LAST_NUMERIC.matcher(host).matches())) {
      throw bad(text, "its host is neither a name nor an address in its usual form");
    }
    int port = uri.getPort() < 0 ? standardPort : uri.getPort();
    if (port < 1 || port > 65535) {
      throw bad(text, "its port is none");
    }
    return new Reference(scheme, host, port, path.isEmpty() ? "/" : path, query);
  }

  private static Reference bucket(String text, URI uri, String path, String query)
      throws FetchRefusedException {
    String bucket = Objects.requireNonNullElse(uri.getRawAuthority(), "");
    if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")) {
      throw bad(text, "expected s3://BUCKET/KEY");
    }
    if (!query.isEmpty() && !query.matches("versionId=[A-Za-z0-9._~-]+")) {
      throw bad(text, "of a query, s3: takes versionId=… alone");
    }
    return new Reference("s3", bucket, -1, path.isEmpty() ? "/" : path, query);
  }

  private static Reference file(String text, URI uri, String path, String query)
      throws FetchRefusedException {
    String host = Objects.requireNonNullElse(uri.getRawAuthority(), "");
    if (!(host.isEmpty() || host.equals("localhost")) || !query.isEmpty() || path.isEmpty()) {
      throw bad(text, "expected file:///PATH, of this host and without a query");
    }
    if (decoded(path).indexOf('\0') >= 0) {
      throw bad(text, "its path has a zero byte in it");
    }
    return new Reference("file", "", -1, path, "");
  }

  /** In any encoding, and in encodings of encodings. */
  private static boolean hasDots(String path) {
    String text = path;
    for (int i = 0; i < 4; i++) {
      for (String segment : List.of(text.split("[/\\\\;]", -1))) {
        if (segment.equals(".") || segment.equals("..")) {
          return true;
        }
      }
      String next = decoded(text);
      if (next.equals(text)) {
        return false;
      }
      text = next;
    }
    return true;
  }

  /** A path, slashes kept, as a URI and as signatures have it: all else but a few as %XX. */
  public static String encoded(String path) {
    StringBuilder out = new StringBuilder(path.length() + 16);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      String c = String.valueOf((char) (b & 0xff));
      if (UNENCODED.matcher(c).matches()) {
        out.append(c);
      } else {
        out.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
      }
    }
    return out.toString();
  }

  /** Text of a path: %XX is UTF-8, a plus is a plus; what is no encoding stays as it is. */
  static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  /** The path, decoded. */
  String decodedPath() {
    return decoded(path);
  }

  /** The host as URIs have it. */
  String hostText() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** Path and query, as an HTTP request has them. */
  String target() {
    return query.isEmpty() ? path : path + "?" + query;
  }

  private boolean hasStandardPort() {
    return port < 0 || port == (scheme.equals("https") ? 443 : 80);
  }

  /** The URI again. */
  String uri() {
    return place() + target();
  }

  private String place() {
    return scheme + "://" + hostText() + (hasStandardPort() ? "" : ":" + port);
  }

  /** The URI for messages: without its query, which may hold a signature. */
  @Override
  public String toString() {
    return place() + path + (query.isEmpty() ? "" : "?…");
  }

  private static FetchRefusedException bad(String text, String why) {
    String shown = text.replaceAll("[^ -~]", "?").replaceAll("\\?.*", "?…");
    return new FetchRefusedException(
        Refusal.BAD_REFERENCE,
        (shown.length() > 200 ? shown.substring(0, 200) + "…" : shown) + ": " + why);
  }
}
