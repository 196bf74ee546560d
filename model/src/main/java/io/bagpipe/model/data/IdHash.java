package io.bagpipe.model.data;

import java.nio.charset.StandardCharsets;

/** Hashes of image ids, even over 64 bits; what they choose is a part of what results mean. */
final class IdHash {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private IdHash() {}

  static long of(String id) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    // FNV's low bits follow the last letters closely; SplitMix64's finaliser spreads them.
    return finish(hash);
  }

  /** Another one for every seed, and independent of the one without. */
  static long of(String id, long seed) {
    return finish(of(id) + finish(seed + GOLDEN_GAMMA));
  }

  private static long finish(long hash) {
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
