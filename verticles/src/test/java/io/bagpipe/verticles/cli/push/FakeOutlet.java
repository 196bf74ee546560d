package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.verticles.cli.kafka.ImageOutlet;
import io.bagpipe.verticles.cli.kafka.RecordLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes images in memory; can die, refuse and say when to stop. */
final class FakeOutlet implements ImageOutlet {
  final List<LabelledImage> taken = new ArrayList<>();
  Set<String> refused = Set.of();
  int dieAfter = Integer.MAX_VALUE;
  int stopAfter = Integer.MAX_VALUE;
  boolean flushed;

  @Override
  public RecordLimit limit() {
    return new RecordLimit(1000, "a limit");
  }

  @Override
  public void send(LabelledImage image, Consumer<@Nullable Throwable> done)
      throws InterruptedException {
    if (taken.size() == dieAfter) {
      throw new InterruptedException("killed");
    }
    if (refused.contains(image.id())) {
      done.accept(new IllegalStateException("wrapped", new IOException("broker is full")));
      return;
    }
    taken.add(image);
    done.accept(null);
  }

  @Override
  public void flush() {
    flushed = true;
  }

  @Override
  public void close() {
    // nothing to close
  }
}
