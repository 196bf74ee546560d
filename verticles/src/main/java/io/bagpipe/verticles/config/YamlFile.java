package io.bagpipe.verticles.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file into dotted paths and text; {@code a: {b: 1}} and {@code a.b: 1} are one. */
final class YamlFile {
  private YamlFile() {}

  static Map<String, String> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file + ": no such configuration file; `bagpipe config --template` prints one");
    }
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * @param name of the document, for messages
   */
  static Map<String, String> parse(String name, String document) {
    JsonMapper yaml =
        JsonMapper.builder(
                YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .build();
    try {
      return flatten(name, yaml.readTree(document));
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      String what = e.getOriginalMessage().lines().findFirst().orElse("").strip();
      throw new ConfigException(name + where + ": not valid YAML: " + what);
    }
  }

  private static Map<String, String> flatten(String file, JsonNode root) {
    Map<String, String> found = new LinkedHashMap<>();
    if (root.isMissingNode() || root.isNull()) {
      return found;
    }
    if (!root.isObject()) {
      throw new ConfigException(file + ": expected keys and values, found " + root.getNodeType());
    }
    flatten(file, "", root, found);
    return found;
  }

  private static void flatten(String file, String path, JsonNode node, Map<String, String> found) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> child : node.properties()) {
        String name = path.isEmpty() ? child.getKey() : path + "." + child.getKey();
        flatten(file, name, child.getValue(), found);
      }
      return;
    }
    String text = node.isArray() ? list(file, path, node) : scalar(node);
    if (found.put(path, text) != null) {
      throw new ConfigException(path + ": given twice (in " + file + "); expected once");
    }
  }

  private static String list(String file, String path, JsonNode node) {
    List<String> items = new ArrayList<>();
    for (JsonNode item : node) {
      if (item.isContainerNode()) {
        throw new ConfigException(
            path + ": \"" + item + "\" is not valid; expected a plain list (set by " + file + ")");
      }
      items.add(scalar(item));
    }
    return String.join(",", items);
  }

  private static String scalar(JsonNode node) {
    return node.isNull() ? "" : node.asText().strip();
  }
}
