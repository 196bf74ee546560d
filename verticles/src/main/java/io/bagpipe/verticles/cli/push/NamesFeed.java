package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSources;
import io.bagpipe.verticles.cli.base.Failures;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Files whose names come from a stream, one a line or, as of {@code find -print0}, one before each
 * NUL; which, the first separator says. A name is handed out as soon as it is there, and only a few
 * wait, so that the stream may be endless. The stream is read on a thread of its own, because
 * nothing can interrupt standard input.
 */
final class NamesFeed implements PushFeed {
  private static final int MOST_WAITING = 1024;
  private static final int LONGEST_NAME = 1 << 16;
  private static final long POLL_MILLIS = 100;

  /** What the reading thread hands over: a name, why there are no more, or neither at the end. */
  private record Line(@Nullable String name, @Nullable Exception trouble) {}

  private final InputStream in;
  private final long limit;
  private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread reader = new Thread(this::readAll, "names");
  private @Nullable Line peeked;
  private long taken;
  private boolean ended;

  /**
   * Reads from a stream, which stays open.
   *
   * @param limit most names; 0 for all
   */
  NamesFeed(InputStream in, long limit) {
    this.in = new BufferedInputStream(in, 1 << 13);
    this.limit = limit;
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public long total() {
    return UNKNOWN;
  }

  /** The first name: that of another list is most likely another. */
  @Override
  public String fingerprint() throws IOException, InterruptedException {
    if (peeked == null && !ended) {
      peeked = take(() -> false);
    }
    String name = peeked == null ? null : peeked.name();
    return Path.of("").toAbsolutePath() + " " + (name == null ? "" : name);
  }

  @Override
  public List<String> skipped() {
    return List.of();
  }

  @Override
  public @Nullable Item next(BooleanSupplier stop) throws IOException, InterruptedException {
    if (limit > 0 && taken == limit) {
      ended = true;
    }
    Line line = ended ? null : peeked == null ? take(stop) : peeked;
    peeked = null;
    if (line == null) {
      return null;
    }
    if (line.trouble() != null) {
      throw new IOException(
          "reading names from standard input: " + Failures.describe(line.trouble()),
          line.trouble());
    }
    if (line.name() == null) {
      ended = true;
      return null;
    }
    taken++;
    return new Item(ImageSources.files(List.of(Path.of(line.name()))), 0);
  }

  @Override
  public boolean atEnd() {
    return ended;
  }

  @Override
  public void close() {
    reader.interrupt();
  }

  private @Nullable Line take(BooleanSupplier stop) throws InterruptedException {
    Line line = lines.poll();
    while (line == null && !stop.getAsBoolean()) {
      line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
    return line;
  }

  private void readAll() {
    try {
      Line last;
      try {
        readNames();
        last = new Line(null, null);
      } catch (IOException e) {
        last = new Line(null, e);
      }
      lines.put(last);
    } catch (InterruptedException e) {
      // closed: nobody takes names any more
      Thread.currentThread().interrupt();
    }
  }

  private void readNames() throws IOException, InterruptedException {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    int separator = -1;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (separator < 0 && (b == '\n' || b == 0)) {
        separator = b;
      }
      if (b == separator) {
        put(name);
      } else if (name.size() == LONGEST_NAME) {
        throw new IOException(
            "a name of more than " + LONGEST_NAME + " bytes; expected file names, one a line");
      } else {
        name.write(b);
      }
    }
    put(name);
  }

  private void put(ByteArrayOutputStream name) throws InterruptedException {
    String text = name.toString(StandardCharsets.UTF_8);
    name.reset();
    if (!text.isBlank()) {
      lines.put(new Line(text, null));
    }
  }
}
