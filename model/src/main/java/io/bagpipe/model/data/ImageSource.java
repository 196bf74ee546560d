package io.bagpipe.model.data;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a data set in a fixed order, each read when it is asked for. Confined to one thread
 * at a time; whoever opens it closes it.
 */
public interface ImageSource extends AutoCloseable {
  /** How many images there are. */
  int size();

  /** The id of an image; no two of one source are the same. */
  String id(int index);

  /** The class of an image, null when nobody said. */
  @Nullable String label(int index) throws IOException;

  /** Bytes that {@link #read} would return, or an upper bound; takes no memory for them. */
  long length(int index) throws IOException;

  /**
   * Reads an image.
   *
   * @throws IOException when it cannot be read; the others still can
   */
  byte[] read(int index) throws IOException;

  /** What was found and is no image of this source, with the reason, one line each. */
  default List<String> skipped() {
    return List.of();
  }

  /** An image with its id and label. */
  default LabelledImage get(int index) throws IOException {
    return new LabelledImage(id(index), label(index), read(index));
  }

  @Override
  void close() throws IOException;
}
