package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSource;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The images of a push, one after the other, the first at position 0. The same command gives the
 * same order again, so that an interrupted push can go on. Confined to one thread; whoever opens it
 * closes it.
 */
interface PushFeed extends AutoCloseable {
  /** The total of a feed that does not know how many will come. */
  long UNKNOWN = -1;

  /**
   * An image, not read yet.
   *
   * @param source the feed's to close
   * @param index its place in the source
   */
  record Item(ImageSource source, int index) {
    String id() {
      return source.id(index);
    }
  }

  /** How many there are, or {@link #UNKNOWN}. */
  long total();

  /** Everything that decides which image stands where, as far as it can be said beforehand. */
  String fingerprint() throws IOException, InterruptedException;

  /** What was found and is no image, one line each. */
  List<String> skipped();

  /**
   * The next image, null at the end or when it is to stop.
   *
   * @param stop asked while waiting
   */
  @Nullable Item next(BooleanSupplier stop) throws IOException, InterruptedException;

  /** Whether every image has been handed out. */
  boolean atEnd();

  @Override
  void close() throws IOException;
}
