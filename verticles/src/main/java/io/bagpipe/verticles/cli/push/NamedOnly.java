package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSource;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A feed whose images are not read: of each there are the id, the label, and no bytes. */
record NamedOnly(PushFeed feed) implements PushFeed {
  private record Names(ImageSource source) implements ImageSource {
    @Override
    public int size() {
      return source.size();
    }

    @Override
    public String id(int index) {
      return source.id(index);
    }

    @Override
    public @Nullable String label(int index) throws IOException {
      return source.label(index);
    }

    @Override
    public long length(int index) {
      return 0;
    }

    @Override
    public byte[] read(int index) {
      return new byte[0];
    }

    @Override
    public void close() {
      // the feed closes its sources
    }
  }

  @Override
  public long total() {
    return feed.total();
  }

  @Override
  public String fingerprint() throws IOException, InterruptedException {
    return feed.fingerprint();
  }

  @Override
  public List<String> skipped() {
    return feed.skipped();
  }

  @Override
  public @Nullable Item next(BooleanSupplier stop) throws IOException, InterruptedException {
    Item item = feed.next(stop);
    return item == null ? null : new Item(new Names(item.source()), item.index());
  }

  @Override
  public boolean atEnd() {
    return feed.atEnd();
  }

  @Override
  public void close() throws IOException {
    feed.close();
  }
}
