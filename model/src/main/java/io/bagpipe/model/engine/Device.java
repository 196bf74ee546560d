package io.bagpipe.model.engine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an engine computes on: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:1}.
 *
 * @param index which of several, 0 for the first
 */
public record Device(Kind kind, int index) {
  /** Whatever the chosen engine takes by itself. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  public static final Device CPU = new Device(Kind.CPU, 0);

  /** How {@link #of} takes it. */
  public static final String VALID = "auto, cpu, cuda or cuda:<number>";

  private static final Pattern TEXT = Pattern.compile("(auto|cpu|cuda)(?::(\\d{1,3}))?");

  /** Sorts of devices. */
  public enum Kind {
    AUTO,
    CPU,
    CUDA
  }

  public Device {
    if (index < 0 || (index > 0 && kind != Kind.CUDA)) {
      throw new IllegalArgumentException(
          "device " + kind + " number " + index + "; valid: " + VALID);
    }
  }

  /**
   * Reads a device.
   *
   * @throws IllegalArgumentException in one line, if it is none
   */
  public static Device of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("device " + text + "; valid: " + VALID);
    }
    Kind kind = Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
    return new Device(kind, matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
  }

  /** Whether whoever asks for this may get a device of that kind. */
  public boolean allows(Kind other) {
    return kind == Kind.AUTO || kind == other;
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return index == 0 ? name : name + ":" + index;
  }
}
