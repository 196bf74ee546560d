package io.bagpipe.model.export;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Weights of a published backbone as a teacher: a safetensors file with torchvision's or timm's
 * names, strictly. Every tensor of the backbone must be there in its shape, and there may be no
 * other; batch norms' counters are passed over, and so is a classifier, in whose place a projection
 * head is read only if it is asked for.
 */
public final class TeacherImport {
  private static final String BATCHES_TRACKED = ".num_batches_tracked";
  private static final int NAMED = 3;

  private TeacherImport() {}

  /**
   * Which network, and how its images are prepared.
   *
   * @param width of a ResNet's first stage
   * @param head whether the file has a projection head, Linear, ReLU, Linear, under the
   *     classifier's name as {@code fc.0} and {@code fc.2}: MoCo v2's and SEED's
   * @param prefix of the names to read; tensors without it are left out
   */
  public record Request(
      Architecture.Family family,
      int width,
      Stem stem,
      boolean head,
      String prefix,
      Preprocessing preprocessing) {}

  /**
   * What was read.
   *
   * @param names whose they are: torchvision or timm
   * @param leftOut tensors of the file that are no part of the teacher
   */
  public record Imported(OnnxModel.Weights network, String names, int leftOut) {}

  /**
   * Reads a teacher.
   *
   * @param sha256 of the file, for the metadata
   * @throws ModelFileException if the file cannot be used, naming the tensors
   * @throws IOException if it cannot be read
   */
  public static Imported read(Path path, String sha256, Request request) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return new Reading(path, file, request).read(sha256);
    } catch (SafetensorsException e) {
      if (isPyTorch(path)) {
        throw new ModelFileException(
            path,
            "a PyTorch checkpoint, which only Python reads; turn it first:"
                + " python3 model/teachers/export.py --to-safetensors "
                + path
                + " -o weights.safetensors",
            e);
      }
      throw new ModelFileException(path, e.why(), e);
    }
  }

  /** A zip archive, or a bare pickle of protocol 2 and later. */
  private static boolean isPyTorch(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] first = in.readNBytes(2);
      return first.length == 2
          && ((first[0] == 'P' && first[1] == 'K')
              || (first[0] == (byte) 0x80 && first[1] >= 2 && first[1] <= 5));
    }
  }

  /** One network from one file. */
  private static final class Reading {
    private final Path path;
    private final SafetensorsFile file;
    private final Request request;
    private final String classifier;

    /** The file's tensors by their names without the prefix. */
    private final Map<String, SafetensorsFile.Entry> entries = new LinkedHashMap<>();

    Reading(Path path, SafetensorsFile file, Request request) {
      this.path = path;
      this.file = file;
      this.request = request;
      for (SafetensorsFile.Entry entry : file.entries()) {
        if (entry.name().startsWith(request.prefix())) {
          entries.put(entry.name().substring(request.prefix().length()), entry);
        }
      }
      this.classifier =
          request.family().torchvisionName().startsWith("resnet") ? "fc" : "classifier";
    }

    Imported read(String sha256) throws IOException {
      boolean timm = entries.containsKey(TimmNames.SIGN);
      Architecture architecture =
          new Architecture(request.family(), request.width(), request.stem(), head());
      NetworkSpec spec = architecture.spec();
      Map<String, String> names =
          timm ? TimmNames.of(spec, request.family()) : Map.<String, String>of();
      StateDict state = tensors(spec, names);
      int leftOut = file.entries().size() - wanted(spec).size();
      Map<String, String> properties = new LinkedHashMap<>();
      properties.put("teacher.architecture", request.family().torchvisionName());
      properties.put("teacher.source", String.valueOf(path.getFileName()));
      properties.put("teacher.source_sha256", sha256);
      properties.put("teacher.names", timm ? "timm" : "torchvision");
      return new Imported(
          new OnnxModel.Weights(
              timm ? TimmNames.arithmetic(spec) : spec, state, request.preprocessing(), properties),
          timm ? "timm" : "torchvision",
          leftOut);
    }

    private Head head() {
      if (!request.head()) {
        return Head.DEFAULT;
      }
      SafetensorsFile.Entry first = entries.get(classifier + ".0.weight");
      SafetensorsFile.Entry second = entries.get(classifier + ".2.weight");
      if (first == null
          || second == null
          || first.shape().length != 2
          || second.shape().length != 2
          || first.shape()[0] < 1
          || second.shape()[0] < 1) {
        throw new ModelFileException(
            path,
            "no projection head: --head needs matrices "
                + classifier
                + ".0.weight and "
                + classifier
                + ".2.weight");
      }
      return new Head(first.shape()[0], second.shape()[0]);
    }

    private List<Parameter> wanted(NetworkSpec spec) {
      return request.head()
          ? spec.parameters()
          : Backbone.nodes(spec).stream().flatMap(node -> node.parameters().stream()).toList();
    }

    private StateDict tensors(NetworkSpec spec, Map<String, String> names) throws IOException {
      List<String> missing = new ArrayList<>();
      List<String> misshaped = new ArrayList<>();
      Map<String, Parameter> known = new HashMap<>();
      for (Parameter parameter : wanted(spec)) {
        String name = names.getOrDefault(parameter.name(), parameter.name());
        known.put(name, parameter);
        SafetensorsFile.Entry entry = entries.get(name);
        if (entry == null) {
          missing.add(name);
        } else if (!Arrays.equals(entry.shape(), parameter.extents())) {
          misshaped.add(name + " " + Arrays.toString(entry.shape()) + " for " + parameter.shape());
        }
      }
      List<String> unexpected =
          new TreeSet<>(entries.keySet())
              .stream().filter(name -> !known.containsKey(name) && !passedOver(name)).toList();
      refuse(spec, missing, unexpected, misshaped);
      StateDict state = new StateDict();
      for (Parameter parameter : spec.parameters()) {
        String name = names.getOrDefault(parameter.name(), parameter.name());
        SafetensorsFile.Entry entry = known.containsKey(name) ? entries.get(name) : null;
        state.put(
            entry == null
                ? new Tensor(parameter.name(), parameter.extents(), new float[parameter.size()])
                : new Tensor(parameter.name(), parameter.extents(), finite(entry)));
      }
      return state;
    }

    /** A classifier, what timm has between pooling and classifier, and batch norms' counters. */
    private boolean passedOver(String name) {
      boolean timmsHead =
          request.family() == Architecture.Family.MOBILENET_V3_LARGE
              && name.startsWith("conv_head.");
      return name.endsWith(BATCHES_TRACKED) || name.startsWith(classifier + ".") || timmsHead;
    }

    private void refuse(
        NetworkSpec spec, List<String> missing, List<String> unexpected, List<String> misshaped) {
      List<String> faults = new ArrayList<>();
      fault(faults, "missing ", missing);
      fault(faults, "unexpected ", unexpected);
      fault(faults, "of another shape ", misshaped);
      if (!faults.isEmpty()) {
        throw new ModelFileException(
            path, "not " + spec.name() + ": " + String.join("; ", faults) + hint(spec));
      }
    }

    private static void fault(List<String> faults, String kind, List<String> names) {
      if (!names.isEmpty()) {
        List<String> shown = names.subList(0, Math.min(NAMED, names.size()));
        faults.add(
            kind
                + String.join(", ", shown)
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : ""));
      }
    }

    /** What the names begin with, if that is all that is wrong with them. */
    private String hint(NetworkSpec spec) {
      String first = spec.parameters().get(0).name();
      List<String> prefixes =
          file.entries().stream()
              .map(SafetensorsFile.Entry::name)
              .filter(name -> name.endsWith("." + first) || name.endsWith("." + TimmNames.SIGN))
              .map(
                  name ->
                      name.substring(
                          0,
                          name.length() - (name.endsWith(first) ? first : TimmNames.SIGN).length()))
              .filter(prefix -> !prefix.equals(request.prefix()))
              // layer1.0.conv1.weight also ends so
              .filter(prefix -> !prefix.matches(".*layer\\d\\.\\d+\\."))
              .limit(NAMED)
              .toList();
      return prefixes.isEmpty()
          ? ""
          : " (names begin with " + String.join(" or ", prefixes) + ": give --prefix)";
    }

    private float[] finite(SafetensorsFile.Entry entry) throws IOException {
      float[] values = file.read(entry).data();
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new ModelFileException(path, entry.name() + ": holds a value of " + value);
        }
      }
      return values;
    }
  }
}
