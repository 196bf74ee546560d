package io.bagpipe.model.index;

/**
 * The newest bytes of a stream, as many as a capacity fixed at the start. Confined to one thread;
 * whoever makes it closes it.
 */
interface ByteRing extends AutoCloseable {
  /** Writes at a position of the stream, over what lay there. */
  void write(long position, byte[] bytes);

  /** Reads from a position of the stream. */
  void read(long position, byte[] into);

  /** Nothing before this position will be read again. */
  default void release(long position) {}

  /** Bytes taken just now, of memory or disk. */
  long allocated();

  @Override
  void close();
}
