package io.bagpipe.model.engine;

import java.nio.FloatBuffer;

/**
 * A vector of float32 in place, the memory of an engine. Its order is the engine's own, parameters
 * padded with zeros that stay zero, and the same in all engines of one provider that were made for
 * the same request. Confined to the training thread; not to be used after the engine has closed.
 */
public interface FlatVector {
  /** Values, padding included. */
  long length();

  /** Where the first value lies, on {@link #device}; the others follow without gaps. */
  long address();

  /** Whose memory it is: the host's for {@code cpu}. */
  Device device();

  /**
   * The values themselves, not a copy; writing to it writes to the vector.
   *
   * @throws UnsupportedOperationException where they are not in the host's memory
   */
  FloatBuffer values();
}
