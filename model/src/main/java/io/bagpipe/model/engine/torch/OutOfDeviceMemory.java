package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.Device;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells that memory ran out from everything else that libtorch throws. JavaCPP makes a plain
 * RuntimeException of every C++ exception, so the type is lost and only the text can tell: that of
 * c10's allocators for CUDA and for the host.
 */
final class OutOfDeviceMemory {
  private static final Pattern TEXT =
      Pattern.compile("CUDA out of memory|CUDA error: out of memory|can't allocate memory");
  private static final Pattern WANTED =
      Pattern.compile("[Tt]ried to allocate ([0-9.]+ ?[A-Za-z]+)");

  private OutOfDeviceMemory() {}

  /** What a student's owner can lower. */
  static String cure(Device device) {
    return "lower train.batch, train.queue or views.size"
        + (device.kind() == Device.Kind.CUDA ? ", or set student.precision to bf16" : "");
  }

  /**
   * What to throw instead.
   *
   * @param cure what to do
   * @return the exception itself, unless it says that memory ran out
   * @throws OutOfMemoryError in one line that says what to lower, if it does
   */
  static RuntimeException translated(RuntimeException e, Device device, String cure) {
    String text = String.valueOf(e.getMessage());
    if (!TEXT.matcher(text).find()) {
      return e;
    }
    Matcher wanted = WANTED.matcher(text);
    String line =
        String.format(
            Locale.ROOT,
            "out of memory on %s%s: %s",
            device,
            wanted.find() ? ", where " + wanted.group(1) + " more were asked for" : "",
            cure);
    OutOfMemoryError error = new OutOfMemoryError(line);
    error.initCause(e);
    throw error;
  }
}
