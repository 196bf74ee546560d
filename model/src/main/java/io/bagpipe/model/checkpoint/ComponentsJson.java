package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table of components, JSON: an array of {@code {"name", "kind", "counters"}} in their order. A
 * counter is a string of decimal digits: not every JSON reader keeps 64 bits of a number. Which
 * tensors are a component's, their names say.
 */
final class ComponentsJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ComponentsJson() {}

  static String write(Components components) {
    ArrayNode root = MAPPER.createArrayNode();
    for (Component component : components.all()) {
      ObjectNode counters =
          root.addObject()
              .put("name", component.name())
              .put("kind", component.kind())
              .putObject("counters");
      component.counters().forEach((name, value) -> counters.put(name, Long.toString(value)));
    }
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sorts a file's tensors into its components.
   *
   * @param others names of tensors that hold something and are not F32
   * @throws IllegalArgumentException naming a field that is missing or not valid
   * @throws CheckpointException if a tensor is no component's, or of a type that is not read
   */
  static Components read(String json, Collection<Tensor> tensors, Collection<String> others)
      throws JsonProcessingException {
    if (!others.isEmpty()) {
      throw new CheckpointException(
          "it holds " + String.join(", ", others) + "; this program reads components of F32 only");
    }
    JsonNode root = MAPPER.readTree(json);
    Map<String, StateDict> byComponent = new LinkedHashMap<>();
    for (JsonNode component : root) {
      byComponent.put(Fields.text(component, "name"), new StateDict());
    }
    for (Tensor tensor : tensors) {
      int dot = Math.max(0, tensor.name().indexOf('.'));
      StateDict state = byComponent.get(tensor.name().substring(0, dot));
      if (state == null) {
        throw new CheckpointException(
            "it holds " + tensor.name() + ", which belongs to none of its components");
      }
      state.put(new Tensor(tensor.name().substring(dot + 1), tensor.shape(), tensor.data()));
    }
    List<Component> all = new ArrayList<>();
    for (JsonNode component : root) {
      String name = Fields.text(component, "name");
      all.add(
          new Component(
              name,
              Fields.text(component, "kind"),
              byComponent.getOrDefault(name, new StateDict()),
              counters(Fields.get(component, "counters"))));
    }
    return new Components(all);
  }

  private static SortedMap<String, Long> counters(JsonNode node) {
    SortedMap<String, Long> counters = new TreeMap<>();
    for (Map.Entry<String, JsonNode> counter : node.properties()) {
      counters.put(counter.getKey(), Long.parseLong(Fields.text(node, counter.getKey())));
    }
    return counters;
  }
}
