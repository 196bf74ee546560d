package io.bagpipe.model.index;

/**
 * A fixed number of bytes, written round and round: byte n of all that was ever written lies at n
 * mod capacity. Confined to one thread; whoever makes it closes it.
 */
interface ByteRing extends AutoCloseable {
  /** Writes at a position of the stream, over what lay there. */
  void write(long position, byte[] bytes);

  /** Reads from a position of the stream. */
  void read(long position, byte[] into);

  /** Bytes taken so far, of memory or disk. */
  long allocated();

  @Override
  void close();
}
