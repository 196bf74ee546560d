package io.bagpipe.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reference values computed with PyTorch; {@code -Dbagpipe.golden=DIR} tries others of the same
 * shape.
 */
public final class Golden {
  private Golden() {}

  /** Whether the values are those in the repository. */
  public static boolean isOurs() {
    return System.getProperty("bagpipe.golden", "").isEmpty();
  }

  /** A file or folder of the golden values, for instance {@code path("loss", "case0")}. */
  public static Path path(String first, String... more) {
    String other = System.getProperty("bagpipe.golden", "");
    try {
      Path root =
          other.isEmpty()
              ? Path.of(Golden.class.getResource("/golden/README.md").toURI()).getParent()
              : Path.of(other);
      Path path = root.resolve(Path.of(first, more));
      if (!Files.exists(path)) {
        throw new IllegalStateException("no golden values at " + path);
      }
      return path;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
