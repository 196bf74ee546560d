package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link CheckpointInfo} as JSON, written out field by field because other programs read it.
 * Digests are hexadecimal strings: not every JSON reader keeps 64 bits of a number.
 */
final class InfoJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private InfoJson() {}

  static String write(CheckpointInfo info) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("run_id", info.runId()).put("created_at", info.createdAt());
    Architecture architecture = info.architecture();
    root.putObject("architecture")
        .put("name", architecture.name())
        .put("width", architecture.width())
        .put("stem", architecture.stem())
        .put("size", architecture.size())
        .put("head", architecture.head());
    root.put("configuration_hash", info.configurationHash());
    root.put("configuration", info.configuration());
    root.put("seed", info.seed()).put("step", info.step()).put("anchors", info.anchors());
    ArrayNode positions = root.putArray("positions");
    for (StreamPosition position : info.positions()) {
      positions
          .addObject()
          .put("topic", position.topic())
          .put("topic_id", position.topicId())
          .put("partition", position.partition())
          .put("offset", position.offset())
          .put("items_taken", position.itemsTaken());
    }
    ArrayNode ledger = root.putArray("ledger");
    for (Ledger.Entry entry : info.ledger()) {
      ObjectNode line =
          ledger
              .addObject()
              .put("topic", entry.topic())
              .put("partition", entry.partition())
              .put("count", entry.count())
              .put("digest", Long.toHexString(entry.digest()));
      ArrayNode ranges = line.putArray("ranges");
      for (long bound : entry.ranges()) {
        ranges.add(bound);
      }
    }
    root.putObject("metrics")
        .put("loss", finite(info.metrics().loss()))
        .put("knn_top1", finite(info.metrics().knnTop1()));
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Double finite(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }

  /** Reads what {@link #write} wrote; a field that is missing or of another type is named. */
  static CheckpointInfo read(String json) throws JsonProcessingException {
    JsonNode root = MAPPER.readTree(json);
    JsonNode shape = field(root, "architecture");
    List<StreamPosition> positions = new ArrayList<>();
    for (JsonNode position : field(root, "positions")) {
      positions.add(
          new StreamPosition(
              text(position, "topic"),
              position.path("topic_id").textValue(),
              (int) number(position, "partition"),
              number(position, "offset"),
              (int) number(position, "items_taken")));
    }
    List<Ledger.Entry> ledger = new ArrayList<>();
    for (JsonNode entry : field(root, "ledger")) {
      JsonNode bounds = field(entry, "ranges");
      long[] ranges = new long[bounds.size()];
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = bounds.get(i).longValue();
      }
      ledger.add(
          new Ledger.Entry(
              text(entry, "topic"),
              (int) number(entry, "partition"),
              number(entry, "count"),
              Long.parseUnsignedLong(text(entry, "digest"), 16),
              ranges));
    }
    JsonNode metrics = field(root, "metrics");
    return new CheckpointInfo(
        text(root, "run_id"),
        text(root, "created_at"),
        new Architecture(
            text(shape, "name"),
            (int) number(shape, "width"),
            text(shape, "stem"),
            (int) number(shape, "size"),
            text(shape, "head")),
        text(root, "configuration"),
        number(root, "seed"),
        number(root, "step"),
        number(root, "anchors"),
        positions,
        ledger,
        new Metrics(optional(metrics, "loss"), optional(metrics, "knn_top1")));
  }

  private static JsonNode field(JsonNode node, String name) {
    JsonNode field = node.get(name);
    if (field == null) {
      throw new IllegalArgumentException("no field " + name);
    }
    return field;
  }

  private static String text(JsonNode node, String name) {
    JsonNode field = field(node, name);
    if (!field.isTextual()) {
      throw new IllegalArgumentException("field " + name + " is no string");
    }
    return field.textValue();
  }

  private static long number(JsonNode node, String name) {
    JsonNode field = field(node, name);
    if (!field.isIntegralNumber()) {
      throw new IllegalArgumentException("field " + name + " is no whole number");
    }
    return field.longValue();
  }

  private static @Nullable Double optional(JsonNode node, String name) {
    JsonNode field = field(node, name);
    return field.isNumber() ? (Double) field.doubleValue() : null;
  }
}
