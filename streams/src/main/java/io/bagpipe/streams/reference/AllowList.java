package io.bagpipe.streams.reference;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What may be fetched: beginnings of URIs. A reference is allowed when scheme, host and port of one
 * of them are its own, and its path is that one's or lies below it ({@code /photos} is above {@code
 * /photos/a.jpg} and not above {@code /photos2}). An empty list allows nothing. Immutable.
 */
public final class AllowList {
  private final List<Reference> prefixes;

  private AllowList(List<Reference> prefixes) {
    this.prefixes = List.copyOf(prefixes);
  }

  /**
   * @param prefixes {@code https://host[:port][/path]}, {@code s3://bucket[/prefix]}, {@code
   *     file:///folder}
   * @throws FetchRefusedException for one that is no such beginning
   */
  public static AllowList of(List<String> prefixes) throws FetchRefusedException {
    Reference[] parsed = new Reference[prefixes.size()];
    for (int i = 0; i < parsed.length; i++) {
      Reference prefix = Reference.parse(prefixes.get(i));
      if (!prefix.query().isEmpty()) {
        throw new FetchRefusedException(
            Refusal.BAD_REFERENCE, prefixes.get(i) + ": a beginning of URIs has no query");
      }
      parsed[i] = prefix;
    }
    return new AllowList(List.of(parsed));
  }

  public boolean isEmpty() {
    return prefixes.isEmpty();
  }

  /**
   * @throws FetchRefusedException {@link Refusal#NOT_ALLOWED}
   */
  void check(Reference reference) throws FetchRefusedException {
    if (of(reference).isEmpty()) {
      throw new FetchRefusedException(
          Refusal.NOT_ALLOWED,
          reference
              + ": "
              + (isEmpty()
                  ? "references.allow is empty"
                  : "references.allow names nothing above it"));
    }
  }

  /** The folder, or the file, that a file's reference lies below; empty: it is not allowed. */
  Optional<Path> root(Reference file) {
    return of(file).map(prefix -> Path.of(prefix.decodedPath()));
  }

  private Optional<Reference> of(Reference reference) {
    return prefixes.stream().filter(prefix -> isAbove(prefix, reference)).findFirst();
  }

  private static boolean isAbove(Reference prefix, Reference reference) {
    if (!prefix.scheme().equals(reference.scheme())
        || !prefix.host().equals(reference.host())
        || prefix.port() != reference.port()) {
      return false;
    }
    String above = prefix.decodedPath();
    String path = reference.decodedPath();
    return path.equals(above) || path.startsWith(above.endsWith("/") ? above : above + "/");
  }
}
