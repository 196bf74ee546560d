package io.bagpipe.verticles.stage;

import io.bagpipe.streams.reference.AllowList;
import io.bagpipe.streams.reference.FetchRefusedException;
import io.bagpipe.streams.reference.Networks;
import io.bagpipe.streams.reference.ReferenceSettings;
import io.bagpipe.streams.reference.ReferenceSettings.Credentials;
import io.bagpipe.verticles.config.ReferencesConfig;
import io.bagpipe.verticles.config.ReferencesConfig.Addressing;
import org.jspecify.annotations.Nullable;

/** The configuration of references in the terms of what fetches them. */
final class ReferenceTerms {
  private ReferenceTerms() {}

  /**
   * @param imageBytes of the largest image
   */
  static ReferenceSettings of(ReferencesConfig config, int imageBytes) {
    ReferencesConfig.S3 s3 = config.s3();
    @Nullable Credentials credentials =
        s3.accessKey().isEmpty()
            ? null
            : new Credentials(s3.accessKey(), s3.secretKey(), s3.sessionToken());
    return new ReferenceSettings(
        allowed(config),
        new Networks(config.networks()),
        imageBytes,
        config.parallel(),
        config.timeout(),
        config.redirects(),
        config.patience(),
        new ReferenceSettings.S3(
            s3.endpoint(), s3.region(), s3.addressing() == Addressing.HOST, credentials));
  }

  private static AllowList allowed(ReferencesConfig config) {
    try {
      return AllowList.of(config.allow());
    } catch (FetchRefusedException e) {
      throw new IllegalStateException("references.allow was checked: " + e.getMessage(), e);
    }
  }
}
