package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.from_blob;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.Rank;
import io.bagpipe.model.engine.ranks.Communicator;
import io.bagpipe.model.engine.ranks.RanksException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;

/**
 * Ranks on CPUs by libtorch's Gloo. It takes the gradients of any engine whose memory is the
 * host's. Confined to the training thread.
 */
public final class GlooCommunicator implements Communicator {
  private final Rank rank;
  private final ProcessGroupGloo group;

  private GlooCommunicator(Rank rank, ProcessGroupGloo group) {
    this.rank = rank;
    this.group = group;
  }

  /**
   * Meets the other ranks; blocks until all are there.
   *
   * @param host name or address of this host, by which the others reach it
   * @param patience how long to wait for another rank, here and in every call after
   * @throws RanksException when they do not come
   * @throws IllegalStateException in one line, where there is no libtorch
   */
  @SuppressWarnings("try") // the scope works by being open
  public static GlooCommunicator meet(Rendezvous at, Rank rank, String host, Duration patience) {
    TorchLibrary.load();
    try (PointerScope scope = new PointerScope()) {
      Milliseconds timeout = new Milliseconds(patience.toMillis());
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(timeout);
      options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(host)));
      Store store = store(at, rank, timeout);
      store.setTimeout(timeout);
      ProcessGroupGloo group = new ProcessGroupGloo(store, rank.index(), rank.of(), options);
      return new GlooCommunicator(rank, TorchDevice.keep(group));
    } catch (RuntimeException e) {
      throw failed(rank, "does not find the others at " + at, e);
    }
  }

  private static Store store(Rendezvous at, Rank rank, Milliseconds timeout) {
    if (at instanceof Rendezvous.File file) {
      return new FileStore(file.path().toString(), rank.of());
    }
    Rendezvous.Tcp tcp = (Rendezvous.Tcp) at;
    TCPStoreOptions options = new TCPStoreOptions();
    options.port((short) tcp.port());
    options.isServer(rank.index() == 0);
    options.waitWorkers(false);
    options.timeout(timeout);
    return new TCPStore(tcp.host(), options);
  }

  @Override
  public Rank rank() {
    return rank;
  }

  @Override
  public void average(FlatVector vector) {
    if (vector.device().kind() != Device.Kind.CPU) {
      throw new IllegalArgumentException("Gloo takes vectors of the host's memory");
    }
    together(
        () -> {
          FloatBuffer values = vector.values();
          Tensor tensor = from_blob(new FloatPointer(values), vector.length());
          wait(group.allreduce(new TensorVector(tensor)));
          tensor.div_(new Scalar((float) rank.of()));
          return values;
        });
  }

  @Override
  public float[] gather(float[] own) {
    float[] all = new float[Math.multiplyExact(own.length, rank.of())];
    return together(
        () -> {
          Tensor mine = from_blob(new FloatPointer(own), own.length);
          Tensor everybodys = empty(all.length);
          wait(group._allgather_base(everybodys, mine));
          everybodys.data_ptr_float().get(all);
          return all;
        });
  }

  private static void wait(Work work) {
    work._wait();
  }

  @SuppressWarnings("try")
  private <T> T together(Supplier<T> work) {
    try (PointerScope scope = new PointerScope()) {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(rank, "cannot go on with the others, one of which is gone or late", e);
    }
  }

  private static RanksException failed(Rank rank, String what, RuntimeException e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new RanksException(rank + " " + what + ": " + why, e);
  }

  @Override
  public void close() {
    group.close();
  }
}
