package io.bagpipe.streams.reference;

/**
 * An image to fetch, for the record that names it.
 *
 * @param partition of that record
 * @param offset of that record
 * @param uri as it names it
 * @param pinned the version that it must be; empty: any
 */
public record Wanted(int partition, long offset, String uri, String pinned) {}
