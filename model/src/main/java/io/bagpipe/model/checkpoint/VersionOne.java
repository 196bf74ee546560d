package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Version 1 of the format in the terms of the present one. It knew one objective and one optimiser:
 *
 * <pre>
 *   __metadata__   { format, version, queue_position, info }
 *   model.NAME     F32  parameters and running statistics
 *   velocity.NAME  F32  the optimiser's
 *   queue          F32  [capacity * dimension], BINGO's
 *   carried_over   U8   anchors that did not fill a batch: always empty, no release wrote any
 *   sha256         U8   [32]
 * </pre>
 *
 * Its info has the architecture as strings and the input's size among them; how images are prepared
 * and the teacher's digest are in the service's configuration as that was then.
 */
final class VersionOne {
  static final String VERSION = "1";

  private static final String VELOCITY = "velocity.";
  private static final String QUEUE = "queue";
  private static final Pattern HEAD = Pattern.compile("mlp-(\\d{1,6})-(\\d{1,6})");
  private static final String[] COLOURS = {"red", "green", "blue"};

  private VersionOne() {}

  /**
   * Sorts version 1's tensors and counts into components.
   *
   * @param others names of tensors that hold something and are not F32
   * @throws CheckpointException if something of the run is missing, or would be lost
   */
  static Components components(
      CheckpointInfo info,
      @Nullable String queuePosition,
      Collection<Tensor> tensors,
      Collection<String> others) {
    if (!others.isEmpty()) {
      throw new CheckpointException(
          "it is of version 1 and holds "
              + String.join(", ", others)
              + ", which nothing goes on from any more: anchors would be lost");
    }
    StateDict network = new StateDict();
    StateDict optimiser = new StateDict();
    StateDict objective = new StateDict();
    for (Tensor tensor : tensors) {
      if (tensor.name().startsWith(CheckpointFile.MODEL)) {
        String name = tensor.name().substring(CheckpointFile.MODEL.length());
        network.put(new Tensor(name, tensor.shape(), tensor.data()));
      } else if (tensor.name().startsWith(VELOCITY)) {
        optimiser.put(tensor);
      } else if (tensor.name().equals(QUEUE)) {
        objective.put(queue(tensor, info.student().architecture().head().embedding()));
      } else {
        throw new CheckpointException("it is of version 1 and holds " + tensor.name());
      }
    }
    if (queuePosition == null || objective.find(QUEUE) == null) {
      throw new CheckpointException("it lacks its queue");
    }
    return Components.of(
        Component.of(
            Components.TRAINER,
            "",
            new StateDict(),
            Map.of("step", info.step(), "anchors", info.anchors())),
        Component.of(Components.MODEL, "", network, Map.of()),
        Component.of("optimiser", "sgd", optimiser, Map.of()),
        Component.of(
            "objective",
            "bingo",
            objective,
            Map.of("queue_position", Long.parseLong(queuePosition))));
  }

  private static Tensor queue(Tensor flat, int dimension) {
    int rows = flat.data().length / dimension;
    if (rows * dimension != flat.data().length) {
      throw new CheckpointException(
          "it has a queue of " + flat.data().length + " values, no rows of " + dimension);
    }
    return new Tensor(QUEUE, new int[] {rows, dimension}, flat.data());
  }

  /**
   * Reads the student's description.
   *
   * @throws IllegalArgumentException naming a field that is missing or not valid
   */
  static StudentDescription student(JsonNode info) {
    JsonNode shape = Fields.get(info, "architecture");
    Matcher head = HEAD.matcher(Fields.text(shape, "head"));
    if (!head.matches()) {
      throw new IllegalArgumentException("no head " + Fields.text(shape, "head"));
    }
    Architecture architecture =
        new Architecture(
            Architecture.Family.of(Fields.text(shape, "name")),
            Fields.small(shape, "width"),
            StudentJson.stem(Fields.text(shape, "stem")),
            new Head(Integer.parseInt(head.group(1)), Integer.parseInt(head.group(2))));
    int size = Fields.small(shape, "size");
    JsonNode configuration = configuration(Fields.text(info, "configuration"));
    return new StudentDescription(
        architecture,
        size,
        preprocessing(size, configuration.path("views")),
        configuration.path("teacher_sha256").asText("unknown"));
  }

  private static JsonNode configuration(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its configuration is no JSON", e);
    }
  }

  /** Null when the configuration does not say it: the run may go on, only an export needs it. */
  private static @Nullable Preprocessing preprocessing(int size, JsonNode views) {
    JsonNode pad = views.path("geometry").path("pad");
    JsonNode resize = views.path("geometry").path("indexResize");
    float[] mean = channels(views.path("mean"));
    float[] deviation = channels(views.path("std"));
    return pad.isNumber() && resize.isNumber() && mean != null && deviation != null
        ? new Preprocessing(size, pad.intValue(), resize.intValue(), mean, deviation)
        : null;
  }

  private static float @Nullable [] channels(JsonNode value) {
    float[] channels = new float[COLOURS.length];
    for (int i = 0; i < channels.length; i++) {
      JsonNode channel = value.path(COLOURS[i]);
      if (!channel.isNumber()) {
        return null;
      }
      channels[i] = (float) channel.doubleValue();
    }
    return channels;
  }
}
