package io.bagpipe.streams.codec;

/** A single item is larger than a record may be: no splitting helps. */
public final class OversizedItemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int item;

  OversizedItemException(int item, long bytes, int limit) {
    super(
        "item %d of the batch takes %d bytes as a record, must be at most %d: raise the record size limit or push smaller images"
            .formatted(item, bytes, limit));
    this.item = item;
  }

  /** Position in the batch. */
  public int item() {
    return item;
  }
}
