package io.bagpipe.verticles.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prints the configuration. */
final class ConfigText {
  private static final int WIDTH = 110;
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z~/][A-Za-z0-9_./~+-]*(:[A-Za-z0-9_./~+-]+)*");
  private static final Pattern SPECIAL =
      Pattern.compile(
          "true|false|null|yes|no|on|off|y|n|~|\\.nan|\\.inf", Pattern.CASE_INSENSITIVE);

  private static final String HEAD =
      """
      # Every key of Bagpipe's configuration with its built-in default. Copy what you change:
      #   bagpipe run -c bagpipe.yaml
      # A later layer wins: built-in defaults, the preset, what a command prefers (the demo: its horizon, warm-up and
      # evaluation), this file, environment variables, --set key=value.
      # Variables: BAGPIPE_, then the key in capitals with _ for every dot and dash: BAGPIPE_TRAIN_LR_FLOOR is train.lr-floor.
      # For kafka.* properties _ is a dot: BAGPIPE_KAFKA_SASL_MECHANISM is kafka.sasl.mechanism.
      # Sections may be nested, as here, or flat: `train.batch: 64`. Times carry a unit (ms, s, m, h, d), and so do
      # sizes (B, KiB, MiB, GiB). `bagpipe config` prints what is in effect.
      """;

  private ConfigText() {}

  /** The documented file. */
  static String template() {
    StringBuilder out = new StringBuilder(HEAD);
    List<String> open = List.of();
    for (Key<?> key : Sections.KEYS) {
      List<String> parts = List.of(key.path().split("\\.", -1));
      List<String> sections = sections(parts);
      if (sections.isEmpty() || open.isEmpty() || !open.get(0).equals(sections.get(0))) {
        out.append('\n');
      }
      openSections(out, open, sections);
      String indent = "  ".repeat(sections.size());
      for (String line : wrap(key.words() + " Valid: " + key.type().valid() + ".", indent)) {
        out.append(indent).append("# ").append(line).append('\n');
      }
      line(out, sections, parts, yaml(key, key.canonical(key.standard())), "");
      open = sections;
    }
    return out.toString();
  }

  /** What is in effect, with who set it. */
  static String effective(Values values) {
    StringBuilder out = new StringBuilder();
    List<String> open = List.of();
    for (Key<?> key : Sections.KEYS) {
      List<String> parts = List.of(key.path().split("\\.", -1));
      List<String> sections = sections(parts);
      openSections(out, open, sections);
      Values.Entry entry = values.entries().get(key.path());
      line(out, sections, parts, yaml(key, text(values, key)), origin(entry));
      open = sections;
    }
    passedThrough(values)
        .forEach(
            (path, text) ->
                out.append(path)
                    .append(": ")
                    .append(quoted(text))
                    .append(origin(values.entries().get(path)))
                    .append('\n'));
    return out.toString();
  }

  static Map<String, Object> map(Values values) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Key<?> key : Sections.KEYS) {
      out.put(key.path(), value(values, key));
    }
    out.putAll(passedThrough(values));
    return Collections.unmodifiableMap(out);
  }

  private static Object value(Values values, Key<?> key) {
    Object value = values.get(key);
    return value instanceof Number || value instanceof Boolean ? value : text(values, key);
  }

  private static <T> String text(Values values, Key<T> key) {
    return key.type().print(values.get(key));
  }

  private static Map<String, String> passedThrough(Values values) {
    Map<String, String> out = new TreeMap<>();
    values
        .entries()
        .forEach(
            (path, entry) -> {
              if (KafkaProperties.isPassedThrough(path)) {
                out.put(path, KafkaProperties.isSecret(path) ? "***" : entry.text());
              }
            });
    return out;
  }

  private static String origin(Values.@Nullable Entry entry) {
    return entry == null ? "" : "  # " + entry.origin();
  }

  private static List<String> sections(List<String> parts) {
    // kafka.bootstrap.servers is one name in Kafka's own documents: it stays whole.
    return parts.get(0).equals("kafka") || parts.get(0).equals("instance")
        ? List.of(parts.get(0))
        : parts.subList(0, parts.size() - 1);
  }

  private static void openSections(StringBuilder out, List<String> open, List<String> wanted) {
    int same = 0;
    while (same < Math.min(open.size(), wanted.size()) && open.get(same).equals(wanted.get(same))) {
      same++;
    }
    for (int i = same; i < wanted.size(); i++) {
      out.append("  ".repeat(i)).append(wanted.get(i)).append(":\n");
    }
  }

  private static void line(
      StringBuilder out, List<String> sections, List<String> parts, String value, String after) {
    String name = String.join(".", parts.subList(sections.size(), parts.size()));
    out.append("  ".repeat(sections.size())).append(name).append(": ").append(value);
    out.append(after).append('\n');
  }

  private static String yaml(Key<?> key, String text) {
    return key.type().literal() ? text : quoted(text);
  }

  /** As YAML reads it back: plain where that is safe, in double quotes elsewhere. */
  private static String quoted(String text) {
    boolean unit = text.matches("\\d+[A-Za-z]+");
    if (unit || (PLAIN.matcher(text).matches() && !SPECIAL.matcher(text).matches())) {
      return text;
    }
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static List<String> wrap(String words, String indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : words.split(" ", -1)) {
      if (line.length() > 0 && indent.length() + 2 + line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
