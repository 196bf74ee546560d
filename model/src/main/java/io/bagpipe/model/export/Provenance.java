package io.bagpipe.model.export;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a student comes from, stated in every exported file.
 *
 * @param anchors images it was trained on
 * @param checkpoint the name of the checkpoint
 * @param teacher the teacher's name or path
 */
public record Provenance(long anchors, String checkpoint, String teacher) {

  /** Of the strings that {@link #properties} gives; what is missing is unknown. */
  static Provenance of(Map<String, String> properties) {
    return new Provenance(
        Long.parseLong(properties.getOrDefault("student.anchors", "0")),
        properties.getOrDefault("student.checkpoint", "unknown"),
        properties.getOrDefault("student.teacher", "unknown"));
  }

  /** As strings for a file's metadata. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("student.anchors", Long.toString(anchors));
    properties.put("student.checkpoint", checkpoint);
    properties.put("student.teacher", teacher);
    return properties;
  }
}
