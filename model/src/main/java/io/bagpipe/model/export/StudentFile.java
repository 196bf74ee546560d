package io.bagpipe.model.export;

import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.SafetensorsException;
import io.bagpipe.model.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A student from whatever Bagpipe writes one to: a checkpoint, ONNX, safetensors. */
public final class StudentFile {
  private static final int JSON_AT = 8;
  private static final String HIDDEN = ".0.weight";
  private static final String LAST = ".2.weight";

  private StudentFile() {}

  /**
   * Reads a student. Where a file was exported without its head, that is as drawn from seed 0.
   *
   * @param place a checkpoint, a directory as of {@link CheckpointedStudent#read}, or an exported
   *     file (ONNX or safetensors), told by its first bytes
   * @throws ModelFileException if it is none, naming what it lacks
   * @throws io.bagpipe.model.checkpoint.CheckpointException if a checkpoint is not intact
   * @throws IOException if it cannot be read
   */
  public static Student read(Path place) throws IOException {
    if (!Files.exists(place) || Files.isDirectory(place)) {
      return CheckpointedStudent.read(place);
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(place)) {
      start = in.readNBytes(JSON_AT + 1);
    }
    if (start.length > JSON_AT && start[JSON_AT] == '{') {
      return safetensors(place);
    }
    OnnxWeights onnx = OnnxWeights.read(place);
    Map<String, Tensor> tensors = new LinkedHashMap<>(onnx.tensors());
    tensors.remove("image.mean");
    tensors.remove("image.std");
    Architecture architecture = architecture(place, onnx.metadata(), tensors);
    NetworkSpec spec = architecture.spec();
    StateDict state = TorchvisionWeights.load(place, spec, tensors, spec.initialState(0)).state();
    return student(place, architecture, state, onnx.metadata());
  }

  private static Student safetensors(Path place) throws IOException {
    Map<String, String> metadata;
    Map<String, Tensor> heads = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(place)) {
      metadata = file.metadata();
      if (CheckpointFile.isCheckpoint(metadata)) {
        return CheckpointedStudent.read(place);
      }
      for (SafetensorsFile.Entry entry : file.entries()) {
        if (entry.name().endsWith(LAST) || entry.name().endsWith(HIDDEN)) {
          if (entry.type().isFloat()) {
            heads.put(entry.name(), file.read(entry));
          }
        }
      }
    } catch (SafetensorsException e) {
      throw new ModelFileException(place, e.why(), e);
    }
    Architecture architecture = architecture(place, metadata, heads);
    NetworkSpec spec = architecture.spec();
    StateDict state = TorchvisionWeights.load(place, spec, spec.initialState(0)).state();
    return student(place, architecture, state, metadata);
  }

  private static Student student(
      Path place, Architecture architecture, StateDict state, Map<String, String> metadata) {
    try {
      return new Student(architecture, state, Preprocessing.of(metadata), Provenance.of(metadata));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(place, String.valueOf(e.getMessage()), e);
    }
  }

  private static Architecture architecture(
      Path place, Map<String, String> metadata, Map<String, Tensor> tensors) {
    String family = metadata.get("student.architecture");
    String width = metadata.get("student.width");
    String stem = metadata.get("student.stem");
    if (family == null || width == null || stem == null) {
      throw new ModelFileException(
          place,
          "its metadata does not name student.architecture, width and stem: not a student that"
              + " bagpipe export wrote");
    }
    try {
      return new Architecture(
          Architecture.Family.of(family),
          Integer.parseInt(width),
          Stem.valueOf(stem.toUpperCase(Locale.ROOT)),
          head(tensors));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(place, String.valueOf(e.getMessage()), e);
    }
  }

  private static Head head(Map<String, Tensor> tensors) {
    for (String classifier : TorchvisionWeights.CLASSIFIERS) {
      String name = classifier.substring(0, classifier.length() - 1);
      @Nullable Tensor hidden = tensors.get(name + HIDDEN);
      @Nullable Tensor last = tensors.get(name + LAST);
      if (hidden != null && last != null) {
        return new Head(hidden.shape()[0], last.shape()[0]);
      }
    }
    return Head.DEFAULT;
  }
}
