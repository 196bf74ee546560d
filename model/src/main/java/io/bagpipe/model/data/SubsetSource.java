package io.bagpipe.model.data;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some images of another source, which it owns. */
final class SubsetSource implements ImageSource {
  private final ImageSource source;
  private final int[] chosen;

  SubsetSource(ImageSource source, int[] chosen) {
    this.source = source;
    this.chosen = chosen;
  }

  @Override
  public int size() {
    return chosen.length;
  }

  @Override
  public String id(int index) {
    return source.id(chosen[index]);
  }

  @Override
  public @Nullable String label(int index) throws IOException {
    return source.label(chosen[index]);
  }

  @Override
  public long length(int index) throws IOException {
    return source.length(chosen[index]);
  }

  @Override
  public byte[] read(int index) throws IOException {
    return source.read(chosen[index]);
  }

  @Override
  public List<String> skipped() {
    return source.skipped();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
