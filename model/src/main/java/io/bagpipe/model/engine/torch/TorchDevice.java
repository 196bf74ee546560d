package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.cuda_synchronize;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.from_blob;
import static org.bytedeco.pytorch.global.torch.getDeviceStats;
import static org.bytedeco.pytorch.global.torch.zeros;

import io.bagpipe.model.engine.Device;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an engine's tensors lie, and how values get there and back. Everything native that its
 * methods make belongs to the {@link PointerScope} around the call; {@link #keep} takes a tensor
 * out of it. Confined to the training thread.
 */
public final class TorchDevice implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TorchDevice.class);

  private final Device device;
  private final String cure;
  private final org.bytedeco.pytorch.Device place;

  /** The one of a student; as {@link #TorchDevice(Device, String)}. */
  TorchDevice(Device device) {
    this(device, OutOfDeviceMemory.cure(device));
  }

  /**
   * @param device {@code cpu}, or {@code cuda} with a number
   * @param cure what to do when its memory does not suffice
   */
  public TorchDevice(Device device, String cure) {
    this.device = device;
    this.cure = cure;
    this.place =
        keep(
            device.kind() == Device.Kind.CUDA
                ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) device.index())
                : new org.bytedeco.pytorch.Device(DeviceType.CPU));
  }

  /** Takes something native out of its scope: it is freed by a close, once, of whoever keeps it. */
  public static <P extends Pointer> P keep(P pointer) {
    pointer.retainReference();
    return pointer;
  }

  /**
   * Does work whose native temporaries end with it.
   *
   * @throws OutOfMemoryError in one line, if the device's memory does not suffice
   */
  @SuppressWarnings("try") // the scope works by being open
  public <T> T scoped(Supplier<T> work) {
    try (PointerScope scope = new PointerScope()) {
      return work.get();
    } catch (RuntimeException e) {
      throw OutOfDeviceMemory.translated(e, device, cure);
    }
  }

  /** As {@link #scoped(Supplier)}, without a result. */
  public void scoped(Runnable work) {
    scoped(
        () -> {
          work.run();
          return this;
        });
  }

  public Device device() {
    return device;
  }

  public boolean isCuda() {
    return device.kind() == Device.Kind.CUDA;
  }

  DeviceType type() {
    return isCuda() ? DeviceType.CUDA : DeviceType.CPU;
  }

  /** float32 zeros. */
  Tensor zeroed(long... shape) {
    return zeros(shape, options(ScalarType.Float));
  }

  private TensorOptions options(ScalarType type) {
    return new TensorOptions()
        .device(new DeviceOptional(place))
        .dtype(new ScalarTypeOptional(type));
  }

  /** uint8 in the host's memory, pinned where a GPU will fetch it. */
  Tensor staging(long... shape) {
    TensorOptions bytes = new TensorOptions().dtype(new ScalarTypeOptional(ScalarType.Byte));
    return empty(
        shape,
        isCuda() ? bytes.pinned_memory(new BoolOptional(true)) : bytes,
        new MemoryFormatOptional());
  }

  /** Bytes of {@link #staging}, on their way to the device; the tensor itself on the CPU. */
  Tensor sent(Tensor staged) {
    return isCuda()
        ? staged.to(place, ScalarType.Byte, true, false, new MemoryFormatOptional())
        : staged;
  }

  /** Copies bytes into a tensor of the host's. */
  static void write(byte[] values, int from, int count, Tensor staged) {
    BytePointer bytes = staged.data_ptr_byte();
    bytes.put(values, from, count);
  }

  /** float32 values of the device, a copy. */
  Tensor sent(float[] values, long... shape) {
    Tensor host = from_blob(new FloatPointer(values), shape);
    return isCuda() ? host.to(place, ScalarType.Float) : host;
  }

  /** A copy of a tensor of the host's, on the device, in an element type. */
  public Tensor placed(Tensor host, ScalarType type) {
    return host.to(place, type, false, true, new MemoryFormatOptional());
  }

  /** Reads float32 values, whatever their layout, in the order of their shape. */
  public static void read(Tensor tensor, float[] into, int from, int count) {
    Tensor host = tensor.detach().contiguous().cpu();
    FloatPointer values = host.data_ptr_float();
    values.get(into, from, count);
  }

  /** Waits until everything that was asked of the device is done. */
  void await() {
    if (isCuda()) {
      cuda_synchronize(device.index());
    }
  }

  /** The most bytes that libtorch's allocator had in use on a GPU; 0 on the CPU, or untold. */
  public long peakBytes() {
    if (!isCuda()) {
      return 0;
    }
    try {
      return scoped(() -> getDeviceStats((byte) device.index()).allocated_bytes().peak());
    } catch (LinkageError e) { // that structure is bound with CUDA's own API, which may be missing
      log.atWarn().setCause(e).log("libtorch does not tell how much of the GPU's memory it took");
      return 0;
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
