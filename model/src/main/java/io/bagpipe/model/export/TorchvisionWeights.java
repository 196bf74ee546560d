package io.bagpipe.model.export;

import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.SafetensorsException;
import io.bagpipe.model.safetensors.SafetensorsFile;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A student's weights as a safetensors file with the names and shapes of torchvision's model of the
 * same architecture, so that {@code load_state_dict(..., strict=False)} there misses the classifier
 * and nothing else; and such a file as the start of a student.
 */
public final class TorchvisionWeights {
  private static final String BATCHES_TRACKED = ".num_batches_tracked";

  /** torchvision's names for what stands in the place of our head. */
  static final List<String> CLASSIFIERS = List.of("fc.", "classifier.");

  private TorchvisionWeights() {}

  /**
   * What was read.
   *
   * @param state complete for its network
   * @param head whether the file had the projection head too; a fresh one is in {@code state} if
   *     not
   */
  public record Loaded(StateDict state, boolean head) {}

  /**
   * Writes a student. PyTorch's batch norms carry a counter, which it looks at only when they have
   * no momentum; torchvision expects it, and it is written as 0.
   *
   * @param head whether the projection head goes along, under torchvision's classifier's prefix
   */
  public static void write(Student student, boolean head, OutputStream out) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(student.properties());
    NetworkSpec spec = student.spec();
    for (Node node : head ? spec.nodes() : spec.backbone()) {
      for (Parameter parameter : node.parameters()) {
        writer.add(student.state().get(parameter.name()));
      }
      if (node.operation() instanceof Operation.BatchNorm) {
        writer.addScalar(node.name() + BATCHES_TRACKED, 0);
      }
    }
    writer.writeTo(out);
  }

  /**
   * Reads a network's state from a file with torchvision's names, or from a checkpoint. The
   * backbone must be complete and must fit; the head is taken if all of it is there and fits,
   * otherwise it stays fresh (a classifier of torchvision's own is no head); batch norms' counters
   * are ignored.
   *
   * @param fresh a complete state of {@code spec}, from which the head is taken if need be
   * @throws ModelFileException if the file cannot be used, naming the tensor
   * @throws io.bagpipe.model.checkpoint.CheckpointException if a checkpoint is not intact
   * @throws IOException if it cannot be read
   */
  public static Loaded load(Path path, NetworkSpec spec, StateDict fresh) throws IOException {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      if (CheckpointFile.isCheckpoint(file.metadata())) {
        StateDict network = CheckpointFile.read(path).network();
        network.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        return new Loading(path, spec, shapes, network::get).load(fresh);
      }
      file.entries().forEach(entry -> shapes.put(entry.name(), entry.shape()));
      return new Loading(path, spec, shapes, file::read).load(fresh);
    } catch (SafetensorsException e) {
      throw new ModelFileException(path, e.why(), e);
    }
  }

  /** The same from tensors that were read before. */
  static Loaded load(Path path, NetworkSpec spec, Map<String, Tensor> tensors, StateDict fresh)
      throws IOException {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return new Loading(path, spec, shapes, name -> Objects.requireNonNull(tensors.get(name)))
        .load(fresh);
  }

  /** Gets a tensor that is known to be there. */
  @FunctionalInterface
  private interface Source {
    Tensor read(String name) throws IOException;
  }

  /** One network's state from one file. */
  private record Loading(Path path, NetworkSpec spec, Map<String, int[]> shapes, Source source) {

    Loaded load(StateDict fresh) throws IOException {
      Set<String> backbone = new HashSet<>();
      spec.backbone().forEach(n -> n.parameters().forEach(p -> backbone.add(p.name())));
      refuseUnknown(backbone);
      boolean head =
          spec.parameters().stream()
              .filter(parameter -> !backbone.contains(parameter.name()))
              .allMatch(this::fits);
      StateDict state = new StateDict();
      for (Parameter parameter : spec.parameters()) {
        state.put(
            head || backbone.contains(parameter.name())
                ? read(parameter)
                : fresh.get(parameter.name()));
      }
      return new Loaded(state, head);
    }

    private boolean fits(Parameter parameter) {
      return Arrays.equals(shapes.get(parameter.name()), parameter.extents());
    }

    private void refuseUnknown(Set<String> backbone) {
      List<String> unknown =
          shapes.keySet().stream()
              .filter(name -> !backbone.contains(name))
              .filter(name -> !name.endsWith(BATCHES_TRACKED))
              .filter(name -> CLASSIFIERS.stream().noneMatch(name::startsWith))
              .toList();
      if (!unknown.isEmpty()) {
        throw new ModelFileException(
            path,
            unknown.get(0)
                + ": no such tensor in "
                + spec.name()
                + (unknown.size() == 1 ? "" : " (and " + (unknown.size() - 1) + " more)"));
      }
    }

    private Tensor read(Parameter parameter) throws IOException {
      int[] shape = shapes.get(parameter.name());
      if (shape == null) {
        throw new ModelFileException(
            path, spec.name() + " needs " + parameter.name() + ", which is missing");
      }
      if (!fits(parameter)) {
        throw new ModelFileException(
            path,
            parameter.name()
                + ": shape "
                + Arrays.toString(shape)
                + ", but "
                + spec.name()
                + " needs "
                + parameter.shape());
      }
      Tensor tensor = source.read(parameter.name());
      for (float value : tensor.data()) {
        if (!Float.isFinite(value)) {
          throw new ModelFileException(path, parameter.name() + ": holds a value of " + value);
        }
      }
      return tensor;
    }
  }
}
