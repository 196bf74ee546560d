package io.bagpipe.model.engine.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;
import static org.bytedeco.pytorch.global.torch.adaptive_avg_pool2d;
import static org.bytedeco.pytorch.global.torch.add;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.hardsigmoid;
import static org.bytedeco.pytorch.global.torch.hardswish;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.mul;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.relu_;
import static org.bytedeco.pytorch.global.torch.sigmoid;
import static org.bytedeco.pytorch.global.torch.silu;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Operation.MaxPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A network's nodes, each as one operation of libtorch, walked in their order; its autograd walks
 * back. Owns what it holds of the parameters, which stay their maker's. Its methods want a scope of
 * {@link TorchDevice} around them.
 */
final class TorchNetwork implements AutoCloseable {
  private static final long[] ONE = {1, 1};

  /**
   * What a pass gives; both belong to the scope.
   *
   * @param features [batch, d]
   * @param output [batch, embedding]
   */
  record Result(Tensor features, Tensor output) {}

  /** A node's operation. */
  private interface Step {
    Tensor apply(List<Tensor> inputs, boolean training);
  }

  private final NetworkSpec spec;
  private final FlatParameters parameters;
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Step> steps = new HashMap<>();
  private final List<TensorOptional> optionals = new ArrayList<>();

  TorchNetwork(NetworkSpec spec, FlatParameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    for (Node node : spec.nodes()) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    // the results are read once more
    readers.merge(spec.featureNode(), 1, Integer::sum);
    readers.merge(spec.outputNode().name(), 1, Integer::sum);
    for (Node node : spec.nodes()) {
      steps.put(node.name(), step(node));
    }
  }

  /**
   * A forward pass.
   *
   * @param input [batch, 3, size, size], channels last
   * @param training whether batch norm takes the batch's statistics, and moves the running ones
   */
  Result forward(Tensor input, boolean training) {
    Map<String, Tensor> results = new HashMap<>();
    Map<String, Integer> left = new HashMap<>(readers);
    results.put(NetworkSpec.INPUT, input);
    for (Node node : spec.nodes()) {
      List<Tensor> inputs = node.inputs().stream().map(name -> result(results, name)).toList();
      Tensor result =
          Objects.requireNonNull(steps.get(node.name()), node.name()).apply(inputs, training);
      results.put(node.name(), result);
      for (int i = 0; i < inputs.size(); i++) {
        // nobody else reads it: what autograd does not need of it goes at once
        boolean last = left.merge(node.inputs().get(i), -1, Integer::sum) == 0;
        if (last && inputs.get(i).address() != result.address()) {
          inputs.get(i).close();
        }
      }
    }
    return new Result(
        result(results, spec.featureNode()).flatten(1, -1),
        result(results, spec.outputNode().name()));
  }

  private static Tensor result(Map<String, Tensor> results, String name) {
    return Objects.requireNonNull(results.get(name), name);
  }

  private Step step(Node node) {
    Operation operation = node.operation();
    if (operation instanceof Convolution convolution) {
      return convolution(convolution, node);
    } else if (operation instanceof BatchNorm norm) {
      return batchNorm(norm, node);
    } else if (operation instanceof Activation activation) {
      return activation(activation.function(), node);
    } else if (operation instanceof Operation.Add) {
      return (inputs, training) -> add(inputs.get(0), inputs.get(1));
    } else if (operation instanceof Operation.ScaleChannels) {
      return (inputs, training) -> mul(inputs.get(0), inputs.get(1));
    } else if (operation instanceof MaxPool pool) {
      long[] kernel = square(pool.kernel());
      long[] stride = square(pool.stride());
      long[] padding = square(pool.padding());
      return (inputs, training) ->
          max_pool2d(inputs.get(0), kernel, stride, padding, ONE.clone(), false);
    } else if (operation instanceof Operation.GlobalAveragePool) {
      return (inputs, training) -> adaptive_avg_pool2d(inputs.get(0), 1, 1);
    } else if (operation instanceof Operation.Flatten) {
      return (inputs, training) -> inputs.get(0).flatten(1, -1);
    } else if (operation instanceof Operation.Linear) {
      Tensor weight = tensor(node, 0);
      TensorOptional bias = optional(node, 1);
      return (inputs, training) -> linear(inputs.get(0), weight, bias);
    }
    throw new IllegalArgumentException(node.name() + ": libtorch's engine has no " + operation);
  }

  private Step convolution(Convolution convolution, Node node) {
    Tensor weight = tensor(node, 0);
    TensorOptional bias = convolution.bias() ? optional(node, 1) : own(new TensorOptional());
    long[] stride = square(convolution.stride());
    long[] padding = square(convolution.padding());
    return (inputs, training) ->
        conv2d(inputs.get(0), weight, bias, stride, padding, ONE.clone(), convolution.groups());
  }

  private Step batchNorm(BatchNorm norm, Node node) {
    TensorOptional weight = optional(node, 0);
    TensorOptional bias = optional(node, 1);
    TensorOptional mean = optional(node, 2);
    TensorOptional variance = optional(node, 3);
    return (inputs, training) ->
        batch_norm(
            inputs.get(0),
            weight,
            bias,
            mean,
            variance,
            training,
            norm.momentum(),
            norm.epsilon(),
            true);
  }

  private Step activation(Activation.Function function, Node node) {
    return switch (function) {
      case RELU ->
          mayOverwrite(node.inputs().get(0))
              ? (inputs, training) -> relu_(inputs.get(0))
              : (inputs, training) -> relu(inputs.get(0));
      case HARD_SWISH -> (inputs, training) -> hardswish(inputs.get(0));
      case HARD_SIGMOID -> (inputs, training) -> hardsigmoid(inputs.get(0));
      case SILU -> (inputs, training) -> silu(inputs.get(0));
      case SIGMOID -> (inputs, training) -> sigmoid(inputs.get(0));
    };
  }

  /** Whether nobody else looks at a result, its own gradient included. */
  private boolean mayOverwrite(String input) {
    return readers.getOrDefault(input, 0) == 1
        && spec.nodes().stream()
            .filter(node -> node.name().equals(input))
            .map(Node::operation)
            .anyMatch(
                operation ->
                    operation instanceof BatchNorm
                        || operation instanceof Operation.Add
                        || operation instanceof Convolution
                        || operation instanceof Operation.Linear);
  }

  private Tensor tensor(Node node, int number) {
    return parameters.tensor(node.parameters().get(number));
  }

  private TensorOptional optional(Node node, int number) {
    return own(new TensorOptional(tensor(node, number)));
  }

  private TensorOptional own(TensorOptional optional) {
    optionals.add(keep(optional));
    return optional;
  }

  private static long[] square(long extent) {
    return new long[] {extent, extent};
  }

  @Override
  public void close() {
    optionals.forEach(TensorOptional::close);
  }
}
