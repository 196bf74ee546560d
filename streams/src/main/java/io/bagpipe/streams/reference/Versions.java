package io.bagpipe.streams.reference;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What tells one state of an object from another, as text. */
final class Versions {
  static final String BUCKET = "version:";
  private static final int LONGEST = 512;

  private Versions() {}

  static String of(Instant modified, long size) {
    return "modified:" + modified + " size:" + size;
  }

  /**
   * The best that an answer's headers tell.
   *
   * @param header by its name; null: it has none
   * @param size of the body, bytes
   */
  static String of(Function<String, @Nullable String> header, long size) {
    String version = header.apply("x-amz-version-id");
    if (version != null && !version.equals("null") && isShort(version)) {
      return BUCKET + version;
    }
    String etag = header.apply("etag");
    if (etag != null && isShort(etag)) {
      return "etag:" + etag.strip();
    }
    String modified = header.apply("last-modified");
    return modified != null && isShort(modified)
        ? "modified:" + modified.strip() + " size:" + size
        : "";
  }

  private static boolean isShort(String header) {
    return header.length() <= LONGEST;
  }

  /**
   * @param pinned empty: any will do
   * @throws FetchRefusedException {@link Refusal#CHANGED}
   */
  static void check(Reference reference, String pinned, String found) throws FetchRefusedException {
    if (!pinned.isEmpty() && !pinned.equals(found)) {
      throw new FetchRefusedException(
          Refusal.CHANGED,
          "%s: it was to be %s and is %s"
              .formatted(reference, pinned, found.isEmpty() ? "of an unknown version" : found));
    }
  }

  static FetchRefusedException tooLarge(Reference reference, long size, long most) {
    return new FetchRefusedException(
        Refusal.TOO_MANY_BYTES,
        "%s: it has %s bytes, more than limits.image-bytes (%d)"
            .formatted(reference, size > most ? Long.toString(size) : "too many", most));
  }
}
