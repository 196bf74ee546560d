package io.bagpipe.streams.reference;

import io.bagpipe.streams.reference.ReferenceSettings.Credentials;
import io.bagpipe.streams.reference.ReferenceSettings.S3;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Requests to a keeper of buckets, signed by AWS Signature Version 4 where there are credentials.
 * Immutable; safe to use from any thread.
 */
final class S3Requests {
  private final S3 settings;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final @Nullable AwsCredentialsIdentity identity;

  S3Requests(S3 settings) {
    this.settings = settings;
    Credentials credentials = settings.credentials();
    this.identity = credentials == null ? null : identity(credentials);
  }

  private static AwsCredentialsIdentity identity(Credentials credentials) {
    return credentials.session().isEmpty()
        ? AwsCredentialsIdentity.create(credentials.key(), credentials.secret())
        : AwsSessionCredentialsIdentity.create(
            credentials.key(), credentials.secret(), credentials.session());
  }

  /**
   * @param key not encoded; empty: the bucket itself
   * @param query encoded
   */
  Reference object(String bucket, String key, String query) throws FetchRefusedException {
    URI endpoint = settings.endpoint();
    String base = endpoint.getScheme() + "://";
    String path = "/" + Reference.encoded(key);
    String place =
        settings.bucketInHost()
            ? base + bucket.toLowerCase(Locale.ROOT) + "." + endpoint.getRawAuthority() + path
            : base + endpoint.getRawAuthority() + "/" + bucket + path;
    return Reference.parse(query.isEmpty() ? place : place + "?" + query);
  }

  /** Headers to send with a request; all of it is in the signature. */
  Map<String, String> signed(Reference request) {
    Map<String, String> headers = new TreeMap<>(HttpFetcher.HEADERS);
    AwsCredentialsIdentity who = identity;
    if (who == null) {
      return headers;
    }
    SdkHttpRequest plain =
        SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(URI.create(request.uri())).build();
    signer
        .sign(
            sign ->
                sign.identity(who)
                    .request(plain)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region())
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false))
        .request()
        .headers()
        .forEach((name, values) -> putUnlessHost(headers, name, values));
    return headers;
  }

  private static void putUnlessHost(Map<String, String> headers, String name, List<String> values) {
    if (!name.equalsIgnoreCase("host")) { // the client's, and the same
      headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values));
    }
  }
}
