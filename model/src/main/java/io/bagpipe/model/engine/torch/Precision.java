package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.clear_cache;
import static org.bytedeco.pytorch.global.torch.decrement_nesting;
import static org.bytedeco.pytorch.global.torch.increment_nesting;
import static org.bytedeco.pytorch.global.torch.set_autocast_dtype;
import static org.bytedeco.pytorch.global.torch.set_autocast_enabled;

import io.bagpipe.model.engine.EngineOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Of a network's arithmetic. Parameters, batch norm's statistics, gradients, velocities and the
 * product with the queue are float32 in all of them, and so is what is saved.
 */
public enum Precision {
  /** As on every other engine. */
  FLOAT32,
  /** float32 whose products a GPU rounds to 10 bits of mantissa; sums stay float32. */
  TF32,
  /** Convolutions and products in bfloat16, by autocast. */
  BF16;

  /** As {@code student.precision} names it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of this name, which is one of {@link #on}'s. */
  public static Precision of(String text) {
    return Arrays.stream(values()).filter(p -> p.text().equals(text)).findFirst().orElseThrow();
  }

  /** Their names, {@value EngineOptions#FLOAT32} first. */
  public static List<String> on(boolean cuda) {
    return Arrays.stream(values()).filter(p -> cuda || p != TF32).map(Precision::text).toList();
  }

  /** Runs a forward pass in this precision; autocast's weights in bfloat16 end with it. */
  <T> T forward(DeviceType type, Supplier<T> pass) {
    if (this != BF16) {
      return pass.get();
    }
    set_autocast_dtype(type, ScalarType.BFloat16);
    set_autocast_enabled(type, true);
    increment_nesting();
    try {
      return pass.get();
    } finally {
      decrement_nesting();
      clear_cache();
      set_autocast_enabled(type, false);
    }
  }
}
