package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.model.data.LabelledImage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where images are pushed to. Used by one thread; whoever opens it closes it. */
public interface ImageOutlet extends AutoCloseable {
  /** The largest record that is taken. */
  RecordLimit limit();

  /**
   * Hands an image over; blocks while too much is on its way.
   *
   * @param done called once, on some thread: with null when the broker has it for good, else with
   *     the reason why not
   */
  void send(LabelledImage image, Consumer<@Nullable Throwable> done) throws InterruptedException;

  /** Waits until all that was handed over is done. */
  void flush() throws InterruptedException;

  @Override
  void close();
}
