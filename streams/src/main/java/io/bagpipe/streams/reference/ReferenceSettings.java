package io.bagpipe.streams.reference;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What may be fetched, and how.
 *
 * @param allow what may be fetched at all
 * @param networks which addresses may be connected to
 * @param maxBytes largest image
 * @param parallel fetches at once
 * @param timeout of one fetch, redirects included
 * @param redirects most of them that are followed, each looked at like a reference
 * @param patience with what cannot be fetched just now, before it is given up for good
 * @param s3 where buckets are
 */
public record ReferenceSettings(
    AllowList allow,
    Networks networks,
    int maxBytes,
    int parallel,
    Duration timeout,
    int redirects,
    Duration patience,
    S3 s3) {

  /**
   * A keeper of buckets.
   *
   * @param endpoint {@code http(s)://host[:port]}
   * @param region that requests are signed for
   * @param bucketInHost whether a bucket is addressed as a part of the host and not of the path
   * @param credentials null: requests are not signed
   */
  public record S3(
      URI endpoint, String region, boolean bucketInHost, @Nullable Credentials credentials) {}

  /**
   * @param session of temporary ones; empty: they are none
   */
  public record Credentials(String key, String secret, String session) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "Credentials[key=" + key + ", secret=***]";
    }
  }
}
