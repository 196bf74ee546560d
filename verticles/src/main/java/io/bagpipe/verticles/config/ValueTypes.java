package io.bagpipe.verticles.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that keys can have. */
final class ValueTypes {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12}) ?(ms|s|m|h|d)");
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15}) ?(B|KiB|MiB|GiB|TiB|KB|kB|MB|GB|TB)");
  private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB");
  private static final List<String> DECIMAL = List.of("B", "KB", "MB", "GB", "TB");

  private ValueTypes() {}

  static ValueType<Integer> integer(int least, int most) {
    String valid = "a whole number from " + least + " to " + most;
    return new ValueType<>(
        valid, s -> inRange(Integer.valueOf(s), least, most), String::valueOf, true);
  }

  static ValueType<Long> whole(long least, long most) {
    String lower = least == Long.MIN_VALUE ? "" : " from " + least;
    String upper = most != Long.MAX_VALUE ? " to " + most : lower.isEmpty() ? "" : " up";
    String valid = "a whole number" + lower + upper;
    return new ValueType<>(
        valid, s -> inRange(Long.valueOf(s), least, most), String::valueOf, true);
  }

  /** A number from {@code least} to {@code most}, both included. */
  static ValueType<Double> number(double least, double most) {
    String valid = "a number from " + plain(least) + " to " + plain(most);
    return new ValueType<>(valid, s -> inRange(finite(s), least, most), ValueTypes::plain, true);
  }

  /** A number greater than zero, up to and including {@code most}. */
  static ValueType<Double> positive(double most) {
    String valid = "a number greater than 0, at most " + plain(most);
    return new ValueType<>(
        valid, s -> inRange(finite(s), Double.MIN_VALUE, most), ValueTypes::plain, true);
  }

  static ValueType<String> text(String valid, Predicate<String> accepts) {
    return new ValueType<>(valid, s -> check(s, accepts.test(s)), s -> s, false);
  }

  /** A list of texts without commas and quotes; may be empty. */
  static ValueType<List<String>> texts(String valid, Predicate<String> accepts) {
    return new ValueType<>(
        valid,
        s -> {
          List<String> found = items(s).stream().map(ValueTypes::unquoted).toList();
          for (String item : found) {
            check(s, !item.contains("\"") && accepts.test(item));
          }
          return found;
        },
        list -> list.stream().map(s -> '"' + s + '"').collect(Collectors.joining(", ", "[", "]")),
        true);
  }

  private static String unquoted(String s) {
    return s.length() >= 2 && s.startsWith("\"") && s.endsWith("\"")
        ? s.substring(1, s.length() - 1)
        : s;
  }

  /** Text that prints as ***. */
  static ValueType<String> secret(String valid, Predicate<String> accepts) {
    return new ValueType<>(
        valid, s -> check(s, accepts.test(s)), s -> s.isEmpty() ? s : "***", false, true);
  }

  static ValueType<Boolean> bool() {
    return new ValueType<>(
        "true or false",
        s -> {
          check(s, s.equals("true") || s.equals("false"));
          return Boolean.valueOf(s);
        },
        String::valueOf,
        true);
  }

  /** One of an enum's names, in lower case. */
  static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
    String names = names(type);
    return new ValueType<>(
        "one of " + names, s -> constant(type, s), e -> e.name().toLowerCase(Locale.ROOT), false);
  }

  static <E extends Enum<E>> ValueType<Set<E>> choices(Class<E> type) {
    return new ValueType<>(
        "a list of " + names(type),
        s -> {
          EnumSet<E> found = EnumSet.noneOf(type);
          for (String item : items(s)) {
            found.add(constant(type, item));
          }
          check(s, !found.isEmpty());
          return Set.copyOf(found);
        },
        set ->
            Arrays.stream(type.getEnumConstants())
                .filter(set::contains)
                .map(e -> e.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ", "[", "]")),
        true);
  }

  /** One number for all three channels, or three. */
  static ValueType<Channels> channels(double least, double most) {
    return new ValueType<>(
        "one number, or three for red, green and blue, each from "
            + plain(least)
            + " to "
            + plain(most),
        s -> {
          List<Double> v = items(s).stream().map(i -> inRange(finite(i), least, most)).toList();
          check(s, v.size() == 1 || v.size() == 3);
          return v.size() == 1
              ? new Channels(v.get(0), v.get(0), v.get(0))
              : new Channels(v.get(0), v.get(1), v.get(2));
        },
        c -> "[" + plain(c.red()) + ", " + plain(c.green()) + ", " + plain(c.blue()) + "]",
        true);
  }

  /** A length of time with its unit. */
  static ValueType<Duration> duration(Duration least, Duration most) {
    return new ValueType<>(
        "a time with its unit (ms, s, m, h, d) from " + print(least) + " to " + print(most),
        s -> {
          Duration d = parseDuration(s);
          check(s, d.compareTo(least) >= 0 && d.compareTo(most) <= 0);
          return d;
        },
        ValueTypes::print,
        false);
  }

  /** A number of bytes with its unit. */
  static ValueType<Long> size(long least, long most) {
    return new ValueType<>(
        "a size with its unit (B, KiB, MiB, GiB) from "
            + printSize(least)
            + " to "
            + printSize(most),
        s -> inRange(parseSize(s), least, most),
        ValueTypes::printSize,
        false);
  }

  private static Duration parseDuration(String s) {
    Matcher m = DURATION.matcher(s);
    check(s, m.matches());
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  private static String print(Duration d) {
    long ms = d.toMillis();
    if (ms % 1000 != 0) {
      return ms + "ms";
    }
    long s = ms / 1000;
    if (s == 0 || s % 60 != 0 || s < 120) {
      return s + "s";
    }
    return s % 86400 == 0 ? s / 86400 + "d" : s % 3600 == 0 ? s / 3600 + "h" : s / 60 + "m";
  }

  private static long parseSize(String s) {
    Matcher m = SIZE.matcher(s);
    check(s, m.matches());
    String unit = m.group(2).equals("kB") ? "KB" : m.group(2);
    long n = Long.parseLong(m.group(1));
    boolean binary = BINARY.contains(unit);
    int power = (binary ? BINARY : DECIMAL).indexOf(unit);
    try {
      for (int i = 0; i < power; i++) {
        n = Math.multiplyExact(n, binary ? 1024L : 1000L);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(s, e);
    }
    return n;
  }

  static String printSize(long bytes) {
    int power = 0;
    long n = bytes;
    while (power < BINARY.size() - 1 && n != 0 && n % 1024 == 0) {
      n /= 1024;
      power++;
    }
    return n + BINARY.get(power);
  }

  private static List<String> items(String s) {
    String inner = s.startsWith("[") && s.endsWith("]") ? s.substring(1, s.length() - 1) : s;
    return inner.isBlank()
        ? List.of()
        : Arrays.stream(inner.split(",", -1)).map(String::strip).toList();
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String s) {
    check(s, s.equals(s.toLowerCase(Locale.ROOT)));
    return Enum.valueOf(type, s.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(e -> e.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private static double finite(String s) {
    double d = Double.parseDouble(s);
    check(s, Double.isFinite(d));
    return d;
  }

  /** Without an exponent, so that people and YAML read the same. */
  private static String plain(double d) {
    String s = BigDecimal.valueOf(d).stripTrailingZeros().toPlainString();
    return s.equals("-0") ? "0" : s;
  }

  private static <N extends Comparable<N>> N inRange(N n, N least, N most) {
    check(String.valueOf(n), n.compareTo(least) >= 0 && n.compareTo(most) <= 0);
    return n;
  }

  private static String check(String s, boolean ok) {
    if (!ok) {
      throw new IllegalArgumentException(s);
    }
    return s;
  }
}
