package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.cuda_device_count;
import static org.bytedeco.pytorch.global.torch.cuda_is_available;
import static org.bytedeco.pytorch.global.torch.globalContext;

import io.bagpipe.model.engine.Device;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Context;

/**
 * A claim on what libtorch has once in a process, for everybody who computes with it: whether a GPU
 * may round to tf32, and whether only what gives the same bits is allowed. Two that want the
 * opposite cannot both have it, and the second is told. Any thread.
 */
public final class TorchProcess implements AutoCloseable {
  private static final List<TorchProcess> CLAIMS = new ArrayList<>();

  private final Device device;
  private final Precision precision;
  private final String who;

  private TorchProcess(Device device, Precision precision, String who) {
    this.device = device;
    this.precision = precision;
    this.who = who;
  }

  /**
   * Loads libtorch and sets it up for one more, until the claim is closed.
   *
   * @param device {@code cpu}, or {@code cuda} with a number
   * @param who computes, for people: student, teacher
   * @throws IllegalArgumentException in one line, if there is no such GPU or another claim is
   *     against it
   */
  public static TorchProcess claim(Device device, Precision precision, String who) {
    TorchLibrary.load();
    TorchProcess claim = new TorchProcess(device, precision, who);
    if (claim.cuda() && !(cuda_is_available() && device.index() < cuda_device_count())) {
      throw new IllegalArgumentException(
          "engine torch: libtorch sees "
              + cuda_device_count()
              + " GPUs here, so not "
              + device
              + "; bagpipe doctor says what is missing, or take device cpu");
    }
    synchronized (CLAIMS) {
      CLAIMS.forEach(claim::agree);
      CLAIMS.add(claim);
      set();
    }
    return claim;
  }

  private boolean cuda() {
    return device.kind() == Device.Kind.CUDA;
  }

  /** bf16 has little left in float32, but that little is to be float32. */
  void agree(TorchProcess other) {
    boolean rounds = precision == Precision.TF32;
    if (cuda() && other.cuda() && rounds != (other.precision == Precision.TF32)) {
      throw new IllegalArgumentException(
          String.format(
              "%s.precision %s and %s.precision %s: in one process a GPU either rounds to tf32 or"
                  + " does not; set both to tf32 or neither, or run the two roles in two processes",
              who, precision.text(), other.who, other.precision.text()));
    }
  }

  /** For a test, without libtorch. */
  static TorchProcess unclaimed(Device device, Precision precision, String who) {
    return new TorchProcess(device, precision, who);
  }

  private static void set() {
    boolean gpu = CLAIMS.stream().anyMatch(TorchProcess::cuda);
    boolean tf32 = CLAIMS.stream().anyMatch(c -> c.cuda() && c.precision == Precision.TF32);
    boolean searches = CLAIMS.stream().anyMatch(c -> c.cuda() && c.who.equals("student"));
    Context context = globalContext();
    context.setAllowTF32CuBLAS(tf32);
    context.setAllowTF32CuDNN(tf32);
    context.setDeterministicAlgorithms(!gpu, false);
    context.setDeterministicFillUninitializedMemory(false);
    context.setBenchmarkCuDNN(searches);
  }

  @Override
  public void close() {
    synchronized (CLAIMS) {
      if (CLAIMS.remove(this) && !CLAIMS.isEmpty()) {
        set();
      }
    }
  }
}
