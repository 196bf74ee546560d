package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.secret;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.texts;

import io.bagpipe.streams.reference.AllowList;
import io.bagpipe.streams.reference.FetchRefusedException;
import io.bagpipe.streams.reference.Networks;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Images that records name instead of carrying them.
 *
 * @param allow beginnings of the URIs that may be fetched; empty: none is
 * @param networks that may be connected to beside the public internet
 * @param parallel fetches at once
 * @param timeout of one
 * @param redirects most of them that are followed
 * @param patience with what cannot be fetched just now
 */
public record ReferencesConfig(
    List<String> allow,
    List<String> networks,
    int parallel,
    Duration timeout,
    int redirects,
    Duration patience,
    S3 s3) {

  /** How a bucket is addressed. */
  public enum Addressing {
    PATH,
    HOST
  }

  /**
   * A keeper of buckets.
   *
   * @param accessKey empty: requests are not signed
   * @param sessionToken of temporary credentials; empty: they are none
   */
  public record S3(
      URI endpoint,
      String region,
      Addressing addressing,
      String accessKey,
      String secretKey,
      String sessionToken) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "S3[endpoint=%s, region=%s, addressing=%s, accessKey=%s]"
          .formatted(endpoint, region, addressing, accessKey.isEmpty() ? "none" : "***");
    }
  }

  static final Key<List<String>> ALLOW =
      new Key<>(
          "references.allow",
          texts(
              "a list of https://HOST[:PORT][/PATH], http://…, s3://BUCKET[/PREFIX], file:///FOLDER",
              ReferencesConfig::isBeginning),
          "[]",
          "Where images may be fetched from that a record names (header bagpipe-uri or ce_dataref)"
              + " instead of carrying them: what is named here and what lies below it. Empty: from"
              + " nowhere.");
  static final Key<List<String>> NETWORKS =
      new Key<>(
          "references.networks",
          texts("a list of addresses and networks such as 10.2.0.0/16", Networks::isOne),
          "[]",
          "Networks that may be connected to for that, beside the public internet. This host and"
              + " private, link-local and reserved networks may not, unless they are named here,"
              + " whatever a name resolves to.");
  static final Key<Integer> PARALLEL =
      new Key<>(
          "references.parallel",
          integer(1, 256),
          "16",
          "Images fetched at once; up to so many of limits.image-bytes in memory, beside those of"
              + " the batch.");
  static final Key<Duration> TIMEOUT =
      new Key<>(
          "references.timeout",
          duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
          "10s",
          "A fetch that takes longer, redirects included, is broken off and tried again.");
  static final Key<Integer> REDIRECTS =
      new Key<>(
          "references.redirects",
          integer(0, 20),
          "3",
          "Most redirects of one fetch; where they lead must be allowed too.");
  static final Key<Duration> PATIENCE =
      new Key<>(
          "references.patience",
          duration(Duration.ZERO, Duration.ofDays(30)),
          "15m",
          "How long a fetch that fails for now (no connection, no answer in time, status 5xx, 408,"
              + " 425, 429) is tried again, while the stage waits, before the image is"
              + " dead-lettered. Counted anew after a restart.");
  static final Key<String> ENDPOINT =
      new Key<>(
          "references.s3.endpoint",
          text("http(s)://HOST[:PORT]", ReferencesConfig::isEndpoint),
          "https://s3.us-east-1.amazonaws.com",
          "Who keeps the buckets of s3: URIs: anything that speaks S3.");
  static final Key<String> REGION =
      new Key<>(
          "references.s3.region",
          text("a region's name", s -> s.matches("[A-Za-z0-9-]{1,64}")),
          "us-east-1",
          "Region that requests are signed for.");
  static final Key<Addressing> ADDRESSING =
      new Key<>(
          "references.s3.addressing",
          choice(Addressing.class),
          "path",
          "Where a bucket's name goes: path (ENDPOINT/BUCKET/KEY) or host (BUCKET.ENDPOINT/KEY).");
  static final Key<String> ACCESS_KEY =
      new Key<>(
          "references.s3.access-key",
          secret("an access key's id, or empty", s -> s.matches("[!-~]{0,256}")),
          "",
          "Who asks; empty: nobody in particular, and requests are not signed. Give it by the"
              + " environment, BAGPIPE_REFERENCES_S3_ACCESS_KEY.");
  static final Key<String> SECRET_KEY =
      new Key<>(
          "references.s3.secret-key",
          secret("a secret key, or empty", s -> s.matches("[!-~]{0,512}")),
          "",
          "The access key's secret.");
  static final Key<String> SESSION_TOKEN =
      new Key<>(
          "references.s3.session-token",
          secret("a session token, or empty", s -> s.matches("[!-~]{0,8192}")),
          "",
          "Of temporary credentials; they are not renewed.");

  static final List<Key<?>> KEYS =
      List.of(
          ALLOW,
          NETWORKS,
          PARALLEL,
          TIMEOUT,
          REDIRECTS,
          PATIENCE,
          ENDPOINT,
          REGION,
          ADDRESSING,
          ACCESS_KEY,
          SECRET_KEY,
          SESSION_TOKEN);

  public ReferencesConfig {
    allow = List.copyOf(allow);
    networks = List.copyOf(networks);
    if (s3.accessKey().isEmpty() != s3.secretKey().isEmpty()) {
      throw new ConfigException(
          "references.s3.secret-key: \"***\" is not valid; references.s3.access-key and"
              + " references.s3.secret-key belong together, set both");
    }
  }

  static ReferencesConfig from(Values v) {
    return new ReferencesConfig(
        v.get(ALLOW),
        v.get(NETWORKS),
        v.get(PARALLEL),
        v.get(TIMEOUT),
        v.get(REDIRECTS),
        v.get(PATIENCE),
        new S3(
            URI.create(v.get(ENDPOINT)),
            v.get(REGION),
            v.get(ADDRESSING),
            v.get(ACCESS_KEY),
            v.get(SECRET_KEY),
            v.get(SESSION_TOKEN)));
  }

  private static boolean isBeginning(String text) {
    try {
      return !AllowList.of(List.of(text)).isEmpty();
    } catch (FetchRefusedException e) {
      return false;
    }
  }

  private static boolean isEndpoint(String text) {
    return text.matches("https?://[^/?#@]+") && isBeginning(text);
  }
}
