package io.bagpipe.verticles.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration comes from; a later layer wins over an earlier one: the built-in
 * defaults, what the teacher's file says of its images ({@link TeacherDefaults}), what the command
 * prefers, the YAML file, the environment, {@code --set}.
 *
 * <p>A variable is a key in capitals, with {@code BAGPIPE_} before it and {@code _} for every dot
 * and dash: {@code BAGPIPE_TRAIN_LR_FLOOR} is {@code train.lr-floor}. For properties of Kafka's
 * clients {@code _} is a dot: {@code BAGPIPE_KAFKA_SASL_MECHANISM} is {@code kafka.sasl.mechanism}.
 *
 * @param preferred what a command prefers to the built-in defaults, by key path
 * @param file a YAML file, null for none
 * @param environment the process's variables
 * @param sets {@code key=value}
 */
public record ConfigSources(
    Map<String, String> preferred,
    @Nullable Path file,
    Map<String, String> environment,
    List<String> sets) {
  private static final String PREFIX = "BAGPIPE_";

  /** Read by the launcher and by the command line, not here. */
  private static final List<String> NOT_KEYS =
      List.of("BAGPIPE_JAVA_OPTS", "BAGPIPE_JAVA", "BAGPIPE_CONFIG", "BAGPIPE_MAVEN_OPTS");

  /** What Kubernetes and Docker put into every container when a service is called bagpipe-…. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "BAGPIPE_(.*_)?(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  public ConfigSources {
    preferred = Map.copyOf(preferred);
    environment = Map.copyOf(environment);
    sets = List.copyOf(sets);
  }

  /** The same, with one more {@code key=value} over all others. */
  public ConfigSources with(String set) {
    List<String> more = new ArrayList<>(sets);
    more.add(set);
    return new ConfigSources(preferred, file, environment, more);
  }

  /**
   * Merges and checks all layers.
   *
   * @throws ConfigException for the first thing that is wrong
   */
  public BagpipeConfig load() {
    return BagpipeConfig.from(values());
  }

  /** Whether a file, the environment or {@code --set} gives this key. */
  public boolean gives(String path) {
    Values.Entry entry = values().entries().get(path);
    return entry != null
        && !entry.origin().equals(COMMAND)
        && !entry.origin().equals(TeacherDefaults.ORIGIN);
  }

  /** The effective configuration as a YAML document that could be loaded again; secrets masked. */
  public String toYaml() {
    Values values = values();
    BagpipeConfig.from(values);
    return ConfigText.effective(values);
  }

  /** The effective configuration, key path to value; secrets masked. */
  public Map<String, Object> toMap() {
    Values values = values();
    BagpipeConfig.from(values);
    return ConfigText.map(values);
  }

  /** The documented file of all keys and their built-in defaults. */
  public static String template() {
    return ConfigText.template();
  }

  private static final String COMMAND = "the command";

  Values values() {
    Map<String, Values.Entry> merged = new LinkedHashMap<>();
    preferred.forEach((path, text) -> put(merged, path, text, COMMAND));
    if (file != null) {
      YamlFile.read(file).forEach((path, text) -> put(merged, path, text, file.toString()));
    }
    environment.forEach((name, text) -> variable(merged, name, text));
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        throw new ConfigException("--set " + set + ": expected key=value");
      }
      put(merged, set.substring(0, equals).strip(), set.substring(equals + 1).strip(), "--set");
    }
    TeacherDefaults.add(merged, home());
    return new Values(merged, home());
  }

  /** The home directory, as the user's shell has it. */
  public Path home() {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
  }

  private static void variable(Map<String, Values.Entry> merged, String name, String text) {
    if (!name.startsWith(PREFIX) || NOT_KEYS.contains(name)) {
      return;
    }
    Key<?> key = Sections.BY_ENVIRONMENT.get(name);
    if (key != null && !text.startsWith("tcp://")) {
      put(merged, key.path(), text, name);
    } else if (SERVICE_LINK.matcher(name).matches() || text.startsWith("tcp://")) {
      return;
    } else if (name.startsWith("BAGPIPE_KAFKA_")) {
      String path = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
      put(merged, path.replace('_', '.'), text, name);
    } else {
      Optional<String> near = Nearest.of(name, Sections.BY_ENVIRONMENT.keySet(), 4);
      throw new ConfigException(
          name
              + ": unknown variable"
              + near.map(n -> "; did you mean " + n + "?").orElse("; see docs/bagpipe.yaml"));
    }
  }

  private static void put(
      Map<String, Values.Entry> merged, String path, String text, String origin) {
    Values.Entry entry = new Values.Entry(text, origin);
    if (KafkaProperties.isPassedThrough(path)) {
      KafkaProperties.check(path, entry);
    } else if (!Sections.BY_PATH.containsKey(path)) {
      throw new ConfigException(unknown(path, text, origin));
    }
    merged.put(path, entry);
  }

  private static String unknown(String path, String text, String origin) {
    List<String> inside =
        Sections.BY_PATH.keySet().stream().filter(k -> k.startsWith(path + ".")).sorted().toList();
    Optional<String> near =
        Nearest.of(path, Sections.BY_PATH.keySet(), Math.max(2, path.length() / 3));
    boolean secret =
        KafkaProperties.isSecret(path)
            || near.map(n -> Objects.requireNonNull(Sections.BY_PATH.get(n)).type().secret())
                .orElse(false);
    String shown = secret ? "***" : text;
    String start = path + ": \"" + shown + "\" ";
    String end = " (set by " + origin + ")";
    if (!inside.isEmpty()) {
      return start + "is not valid; expected a section with " + String.join(", ", inside) + end;
    }
    return start
        + "is of an unknown key"
        + near.map(n -> "; did you mean " + n + "?").orElse("; all keys: docs/bagpipe.yaml")
        + end;
  }
}
