package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.nativelib.OneDnn;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.dnnl.memory;

/**
 * Memory that kernels use one after the other, as large as the largest of them needs: they reserve
 * when they are made, and ask where it is when they are bound. Confined to the training thread.
 */
final class Scratch {
  /** What may be in use at the same time. */
  enum Use {
    HALFWAY,
    TILES_IN,
    TILES_OUT,
    FILTER_GRADIENT
  }

  private final OneDnn oneDnn;
  private final Map<Use, Long> floats = new EnumMap<>(Use.class);
  private final Map<Use, Long> addresses = new EnumMap<>(Use.class);

  Scratch(OneDnn oneDnn) {
    this.oneDnn = oneDnn;
  }

  void reserve(Use use, long values) {
    if (addresses.containsKey(use)) {
      throw new IllegalStateException(use + " has its place already");
    }
    floats.merge(use, values, Math::max);
  }

  long address(Use use) {
    return addresses.computeIfAbsent(
        use,
        u -> {
          memory place =
              oneDnn.allocate(
                  oneDnn.desc(
                      memory.format_tag.a, Objects.requireNonNull(floats.get(u), "not reserved")));
          return place.get_data_handle().address();
        });
  }
}
