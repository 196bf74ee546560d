package io.bagpipe.model.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The student of a checkpoint, with what its exported files are to say: architecture and
 * preprocessing are the checkpoint's own, whatever the configuration is by now.
 */
public final class CheckpointedStudent {
  private static final Pattern HEAD = Pattern.compile("mlp-(\\d{1,6})-(\\d{1,6})");
  private static final String[] COLOURS = {"red", "green", "blue"};

  private CheckpointedStudent() {}

  /**
   * Reads a student.
   *
   * @param place a checkpoint, or a directory: of checkpoints, of a run, of a service's data; its
   *     newest intact one then
   * @throws io.bagpipe.model.checkpoint.CheckpointException if a checkpoint is not intact
   * @throws ModelFileException if there is none, or it lacks something
   */
  public static Student read(Path place) {
    if (!Files.exists(place)) {
      throw new ModelFileException(place, "no such file or directory");
    }
    if (!Files.isDirectory(place)) {
      return of(place, CheckpointFile.read(place));
    }
    CheckpointStore.Recovery recovery = new CheckpointStore(directory(place), 1).latestIntact();
    Checkpoint checkpoint = recovery.checkpoint();
    Path file = recovery.file();
    if (checkpoint == null || file == null) {
      throw new ModelFileException(
          place,
          recovery.passedOver().isEmpty()
              ? "no checkpoint here"
              : "no intact checkpoint here: " + recovery.passedOver().get(0).why());
    }
    return of(file, checkpoint);
  }

  private static Path directory(Path place) {
    for (String below : List.of("checkpoints", "run/checkpoints")) {
      if (Files.isDirectory(place.resolve(below))) {
        return place.resolve(below);
      }
    }
    return place;
  }

  private static Student of(Path file, Checkpoint checkpoint) {
    CheckpointInfo info = checkpoint.info();
    JsonNode configuration = configuration(file, info);
    Provenance provenance =
        new Provenance(
            info.anchors(),
            info.runId() + "/" + file.getFileName(),
            "sha256:" + configuration.path("teacher_sha256").asText("unknown"));
    try {
      return new Student(
          architecture(file, info.architecture()),
          checkpoint.trainer().network(),
          preprocessing(file, info.architecture().size(), configuration.path("views")),
          provenance);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static Architecture architecture(
      Path file, io.bagpipe.model.checkpoint.Architecture remembered) {
    Matcher head = HEAD.matcher(remembered.head());
    if (!head.matches()) {
      throw new ModelFileException(file, "unknown head " + remembered.head());
    }
    return new Architecture(
        Architecture.Family.of(remembered.name()),
        remembered.width(),
        Stem.valueOf(remembered.stem().toUpperCase(Locale.ROOT)),
        new Head(Integer.parseInt(head.group(1)), Integer.parseInt(head.group(2))));
  }

  private static JsonNode configuration(Path file, CheckpointInfo info) {
    try {
      return new ObjectMapper().readTree(info.configuration());
    } catch (JsonProcessingException e) {
      throw new ModelFileException(file, "its configuration is no JSON", e);
    }
  }

  private static Preprocessing preprocessing(Path file, int size, JsonNode views) {
    JsonNode geometry = views.path("geometry");
    return new Preprocessing(
        size,
        (int) number(file, geometry, "pad"),
        (int) number(file, geometry, "indexResize"),
        channels(file, views.path("mean")),
        channels(file, views.path("std")));
  }

  private static float[] channels(Path file, JsonNode value) {
    float[] channels = new float[COLOURS.length];
    for (int i = 0; i < channels.length; i++) {
      channels[i] = (float) number(file, value, COLOURS[i]);
    }
    return channels;
  }

  private static double number(Path file, JsonNode parent, String key) {
    JsonNode value = parent.path(key);
    if (!value.isNumber()) {
      throw new ModelFileException(
          file, "its configuration does not say how images are prepared: no " + key + " of views");
    }
    return value.asDouble();
  }
}
