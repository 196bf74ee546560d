package io.bagpipe.model.teacher.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.from_blob;

import io.bagpipe.model.onnx.StoredTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Native things that outlive a scope, closed together. Confined to the teacher's thread. */
final class Constants implements AutoCloseable {
  private final List<Pointer> held = new ArrayList<>();

  /** Takes it out of its scope, until {@link #close}. */
  <P extends Pointer> P hold(P pointer) {
    held.add(keep(pointer));
    return pointer;
  }

  /** A constant on the CPU, a copy; it belongs to the scope around the call. */
  static Tensor copy(StoredTensor stored) {
    return view(stored).clone(new MemoryFormatOptional());
  }

  /** A constant on the CPU, in the memory of what is stored, which must stay reachable. */
  static Tensor view(StoredTensor stored) {
    TensorOptions options = new TensorOptions().dtype(new ScalarTypeOptional(type(stored.type())));
    if (stored.size() == 0) {
      return empty(stored.shape(), options, new MemoryFormatOptional());
    }
    ByteBuffer values = stored.values().slice();
    if (!values.isDirect()) {
      byte[] bytes = new byte[values.remaining()];
      values.get(bytes);
      return from_blob(new BytePointer(bytes), stored.shape(), options)
          .clone(new MemoryFormatOptional());
    }
    return from_blob(new BytePointer(values), stored.shape(), options);
  }

  static ScalarType type(StoredTensor.Type type) {
    return switch (type) {
      case FLOAT -> ScalarType.Float;
      case UINT8 -> ScalarType.Byte;
      case INT8 -> ScalarType.Char;
      case INT32 -> ScalarType.Int;
      case INT64 -> ScalarType.Long;
      case BOOL -> ScalarType.Bool;
      case FLOAT16 -> ScalarType.Half;
      case DOUBLE -> ScalarType.Double;
      case BFLOAT16 -> ScalarType.BFloat16;
    };
  }

  @Override
  public void close() {
    held.forEach(Pointer::close);
    held.clear();
  }
}
