package io.bagpipe.streams.reference;

/** Fetches from one kind of place. Safe to use from any thread; blocks. */
interface Fetcher {
  /**
   * @param reference of a scheme that it knows
   * @param pinned the version that it must be; empty: any
   * @throws FetchRefusedException it cannot be had
   * @throws FetchDelayedException it cannot be had just now
   */
  Fetched fetch(Reference reference, String pinned) throws FetchException, InterruptedException;
}
