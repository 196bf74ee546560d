package io.bagpipe.model.data;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another source, which it owns, with something before every id. */
final class PrefixedSource implements ImageSource {
  private final String prefix;
  private final ImageSource source;

  PrefixedSource(String prefix, ImageSource source) {
    this.prefix = prefix;
    this.source = source;
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public String id(int index) {
    return prefix + source.id(index);
  }

  @Override
  public @Nullable String label(int index) throws IOException {
    return source.label(index);
  }

  @Override
  public long length(int index) throws IOException {
    return source.length(index);
  }

  @Override
  public byte[] read(int index) throws IOException {
    return source.read(index);
  }

  @Override
  public List<String> skipped() {
    return source.skipped().stream().map(s -> prefix + s).toList();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
