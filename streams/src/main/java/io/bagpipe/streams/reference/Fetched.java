package io.bagpipe.streams.reference;

/**
 * An image that was fetched; the array is handed over.
 *
 * @param version of the object, as far as its keeper tells: {@code version:…} of a bucket that
 *     keeps versions, {@code etag:…}, or {@code modified:… size:…}; empty: it tells nothing
 */
public record Fetched(byte[] bytes, String version) {}
