package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How values look in JSON: enums in lower case, times in epoch milliseconds, no NaN. */
final class Wire {
  private Wire() {}

  static String id(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E parse(Class<E> type, String field, @Nullable String id) {
    for (E constant : type.getEnumConstants()) {
      if (id(constant).equals(id)) {
        return constant;
      }
    }
    String valid =
        Arrays.stream(type.getEnumConstants()).map(Wire::id).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(field + ": '" + id + "' is none of " + valid);
  }

  static JsonObject event(OpsEvent event) {
    return new JsonObject().put("type", event.type()).put("at", event.at().toEpochMilli());
  }

  static Instant at(JsonObject json) {
    return Instant.ofEpochMilli(json.getLong("at"));
  }

  /** JSON has no NaN and no infinity: they travel as null. */
  static @Nullable Double finite(@Nullable Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }

  /** A number that may have travelled as null because it was not finite. */
  static double number(JsonObject json, String field) {
    Double value = json.getDouble(field);
    return value == null ? Double.NaN : value;
  }
}
