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

  /** How a version describes the student. */
  @FunctionalInterface
  interface StudentReader {
    StudentDescription read(JsonNode info);
  }

  static String write(CheckpointInfo info) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("run_id", info.runId()).put("created_at", info.createdAt());
    StudentJson.write(info.student(), root);
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
      if (entry.held() > 0) {
        line.put("held", entry.held()).put("held_digest", Long.toHexString(entry.heldDigest()));
      }
      ArrayNode ranges = line.putArray("ranges");
      for (long bound : entry.ranges()) {
        ranges.add(bound);
      }
    }
    write(info.metrics(), root.putObject("metrics"));
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Metrics metrics, ObjectNode to) {
    to.put("loss", finite(metrics.loss())).put("knn_top1", finite(metrics.knnTop1()));
    Metrics.Judged judged = metrics.judged();
    if (judged != null) {
      to.putObject("evaluation")
          .put("anchors", judged.anchors())
          .put("linear_top1", finite(judged.linearTop1()))
          .put("rank_me", judged.rankMe())
          .put("feature_std", judged.featureStd());
    }
  }

  private static Metrics metrics(JsonNode from) {
    JsonNode judged = from.get("evaluation");
    return new Metrics(
        optional(from, "loss"),
        optional(from, "knn_top1"),
        judged == null
            ? null
            : new Metrics.Judged(
                Fields.number(judged, "anchors"),
                // evaluations of before had none
                judged.has("linear_top1") ? optional(judged, "linear_top1") : null,
                real(judged, "rank_me"),
                real(judged, "feature_std")));
  }

  private static double real(JsonNode node, String name) {
    Double value = optional(node, name);
    return value == null ? Double.NaN : value;
  }

  private static @Nullable Double finite(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param student how it describes the student
   * @throws IllegalArgumentException naming a field that is missing or of another type
   */
  static CheckpointInfo read(String json, StudentReader student) throws JsonProcessingException {
    JsonNode root = MAPPER.readTree(json);
    List<StreamPosition> positions = new ArrayList<>();
    for (JsonNode position : Fields.get(root, "positions")) {
      positions.add(
          new StreamPosition(
              Fields.text(position, "topic"),
              position.path("topic_id").textValue(),
              Fields.small(position, "partition"),
              Fields.number(position, "offset"),
              Fields.small(position, "items_taken")));
    }
    List<Ledger.Entry> ledger = new ArrayList<>();
    for (JsonNode entry : Fields.get(root, "ledger")) {
      JsonNode bounds = Fields.get(entry, "ranges");
      long[] ranges = new long[bounds.size()];
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = bounds.get(i).longValue();
      }
      ledger.add(
          new Ledger.Entry(
              Fields.text(entry, "topic"),
              Fields.small(entry, "partition"),
              Fields.number(entry, "count"),
              Long.parseUnsignedLong(Fields.text(entry, "digest"), 16),
              ranges,
              entry.has("held") ? Fields.number(entry, "held") : 0,
              entry.has("held")
                  ? Long.parseUnsignedLong(Fields.text(entry, "held_digest"), 16)
                  : 0));
    }
    return new CheckpointInfo(
        Fields.text(root, "run_id"),
        Fields.text(root, "created_at"),
        student.read(root),
        Fields.text(root, "configuration"),
        Fields.number(root, "seed"),
        Fields.number(root, "step"),
        Fields.number(root, "anchors"),
        positions,
        ledger,
        metrics(Fields.get(root, "metrics")));
  }

  private static @Nullable Double optional(JsonNode node, String name) {
    JsonNode field = Fields.get(node, name);
    return field.isNumber() ? (Double) field.doubleValue() : null;
  }
}
