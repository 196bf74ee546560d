package io.bagpipe.streams.reference;

import java.util.Map;

/** Objects of buckets, by signed requests. A keeper that redirects is asked elsewhere by nobody. */
final class S3Fetcher implements Fetcher {
  private final HttpExchange http;
  private final ReferenceSettings settings;
  private final S3Requests requests;

  S3Fetcher(HttpExchange http, ReferenceSettings settings) {
    this.http = http;
    this.settings = settings;
    this.requests = new S3Requests(settings.s3());
  }

  @Override
  public Fetched fetch(Reference reference, String pinned)
      throws FetchException, InterruptedException {
    settings.allow().check(reference);
    String query = reference.query();
    if (query.isEmpty() && pinned.startsWith(Versions.BUCKET)) {
      query = "versionId=" + Reference.encoded(pinned.substring(Versions.BUCKET.length()));
    }
    Reference request =
        requests.object(reference.host(), reference.decodedPath().substring(1), query);
    Map<String, String> headers = requests.signed(request);
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    Answer answer = http.get(request, headers, settings.maxBytes(), deadline);
    return HttpFetcher.fetched(reference, pinned, answer);
  }
}
