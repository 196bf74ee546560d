package io.bagpipe.model.doctor;

/**
 * One thing that was looked at.
 *
 * @param name what, in a word or two
 * @param severity how bad it is
 * @param value what was found, one line
 * @param cure what to do about it, one line; empty where nothing needs doing
 */
public record Finding(String name, Severity severity, String value, String cure) {

  /** How bad a finding is. */
  public enum Severity {
    /** As it should be. */
    GOOD,
    /** Works, but slower or nearer to a limit than need be. */
    WARNING,
    /** Bagpipe cannot run so. */
    ESSENTIAL
  }

  /** As it should be. */
  public static Finding good(String name, String value) {
    return new Finding(name, Severity.GOOD, value, "");
  }

  /** Works, but could be better. */
  public static Finding warning(String name, String value, String cure) {
    return new Finding(name, Severity.WARNING, value, cure);
  }

  /** Stops Bagpipe. */
  public static Finding essential(String name, String value, String cure) {
    return new Finding(name, Severity.ESSENTIAL, value, cure);
  }

  /** Good, or a warning with this cure. */
  static Finding goodIf(boolean good, String name, String value, String cure) {
    return good ? good(name, value) : warning(name, value, cure);
  }
}
