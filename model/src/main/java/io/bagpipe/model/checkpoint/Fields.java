package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;

/** Fields of a JSON object; each method throws IllegalArgumentException naming the field. */
final class Fields {
  private Fields() {}

  static JsonNode get(JsonNode node, String name) {
    JsonNode field = node.get(name);
    if (field == null) {
      throw new IllegalArgumentException("no field " + name);
    }
    return field;
  }

  static String text(JsonNode node, String name) {
    JsonNode field = get(node, name);
    if (!field.isTextual()) {
      throw new IllegalArgumentException("field " + name + " is no string");
    }
    return field.textValue();
  }

  static long number(JsonNode node, String name) {
    JsonNode field = get(node, name);
    if (!field.isIntegralNumber()) {
      throw new IllegalArgumentException("field " + name + " is no whole number");
    }
    return field.longValue();
  }

  static int small(JsonNode node, String name) {
    long value = number(node, name);
    if (value != (int) value) {
      throw new IllegalArgumentException("field " + name + " is " + value + ", too large");
    }
    return (int) value;
  }

  static float[] floats(JsonNode node, String name) {
    JsonNode field = get(node, name);
    float[] values = new float[field.size()];
    for (int i = 0; i < values.length; i++) {
      if (!field.get(i).isNumber()) {
        throw new IllegalArgumentException("field " + name + " holds what is no number");
      }
      values[i] = (float) field.get(i).doubleValue();
    }
    return values;
  }
}
