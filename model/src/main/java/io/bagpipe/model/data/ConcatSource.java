package io.bagpipe.model.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One source after the other; owns them. */
final class ConcatSource implements ImageSource {
  private final List<ImageSource> sources;
  private final int[] ends;

  ConcatSource(List<ImageSource> sources) {
    this.sources = List.copyOf(sources);
    this.ends = new int[sources.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end = Math.addExact(end, sources.get(i).size());
      ends[i] = end;
    }
  }

  @Override
  public int size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public String id(int index) {
    int s = which(index);
    return sources.get(s).id(index - start(s));
  }

  @Override
  public @Nullable String label(int index) throws IOException {
    int s = which(index);
    return sources.get(s).label(index - start(s));
  }

  @Override
  public long length(int index) throws IOException {
    int s = which(index);
    return sources.get(s).length(index - start(s));
  }

  @Override
  public byte[] read(int index) throws IOException {
    int s = which(index);
    return sources.get(s).read(index - start(s));
  }

  @Override
  public List<String> skipped() {
    return sources.stream().flatMap(s -> s.skipped().stream()).toList();
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    for (ImageSource source : sources) {
      try {
        source.close();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private int start(int source) {
    return source == 0 ? 0 : ends[source - 1];
  }

  /** The source that holds an index; empty ones hold none. */
  private int which(int index) {
    int found = Arrays.binarySearch(ends, index + 1);
    int s = found < 0 ? -found - 1 : found;
    while (s > 0 && ends[s - 1] == ends[s]) {
      s--;
    }
    return s;
  }
}
