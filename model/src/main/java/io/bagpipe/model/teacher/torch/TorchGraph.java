package io.bagpipe.model.teacher.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;

import io.bagpipe.model.onnx.OnnxException;
import io.bagpipe.model.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Operations in an order in which they can be run, for input of one shape. Owns their constants.
 * Confined to the teacher's thread.
 */
final class TorchGraph implements AutoCloseable {
  /** Where the input goes. */
  static final int INPUT = 0;

  /**
   * An operation in its place.
   *
   * @param arguments slots that it reads
   * @param result slot that it fills
   */
  record Step(OnnxNode node, Operation operation, int[] arguments, int result) {
    /**
     * Runs it; what it makes on the way is freed, and the result is the caller's to close.
     *
     * @throws OnnxException that names the node, if libtorch will not
     */
    Tensor run(Tensor[] given) {
      return kept(node, () -> operation.apply(given));
    }

    /** What a node's work gives, out of the scope that takes the rest. */
    @SuppressWarnings("try") // the scope works by being open
    static Tensor kept(OnnxNode node, Supplier<Tensor> work) {
      try (PointerScope scope = new PointerScope()) {
        return keep(work.get());
      } catch (OnnxException e) {
        throw e;
      } catch (RuntimeException e) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        throw new OnnxException(node + ": " + why, e);
      }
    }
  }

  /**
   * The steps that one output needs.
   *
   * @param last by step, the slots that nobody reads after it
   */
  private record Program(List<Step> steps, List<int[]> last, int output) {}

  private final int slots;
  private final Map<String, Program> programs = new HashMap<>();
  private final Constants constants;

  /**
   * @param outputs slot of each output
   * @param constants of the steps, ours from here on
   */
  TorchGraph(List<Step> steps, Map<String, Integer> outputs, int slots, Constants constants) {
    this.slots = slots;
    this.constants = constants;
    outputs.forEach((name, slot) -> programs.put(name, program(steps, slot)));
  }

  private static Program program(List<Step> all, int output) {
    Set<Integer> needed = new HashSet<>(Set.of(output));
    List<Step> steps = new ArrayList<>();
    List<int[]> last = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      Step step = all.get(i);
      if (needed.contains(step.result())) {
        steps.add(0, step);
        // walking backwards, who is not needed yet is read here for the last time
        List<Integer> ending = new ArrayList<>();
        for (int argument : step.arguments()) {
          if (needed.add(argument) && argument != INPUT) {
            ending.add(argument);
          }
        }
        last.add(0, ending.stream().mapToInt(Integer::intValue).toArray());
      }
    }
    return new Program(steps, last, output);
  }

  /**
   * One output of a pass, the caller's to close.
   *
   * @param input of the shape that the graph was made for; stays the caller's
   */
  Tensor run(String output, Tensor input) {
    Program program = Objects.requireNonNull(programs.get(output), output);
    Tensor[] values = new Tensor[slots];
    values[INPUT] = input;
    boolean done = false;
    try {
      for (int i = 0; i < program.steps().size(); i++) {
        Step step = program.steps().get(i);
        int[] arguments = step.arguments();
        Tensor[] given = new Tensor[arguments.length];
        for (int k = 0; k < given.length; k++) {
          given[k] = values[arguments[k]];
        }
        values[step.result()] = step.run(given);
        for (int slot : program.last().get(i)) {
          values[slot].close();
          values[slot] = null;
        }
      }
      done = true;
      return values[program.output()];
    } finally {
      for (int slot = INPUT + 1; slot < slots; slot++) {
        if (values[slot] != null && !(done && slot == program.output())) {
          values[slot].close();
        }
      }
    }
  }

  @Override
  public void close() {
    constants.close();
  }
}
