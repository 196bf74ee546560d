package io.bagpipe.model.bench;

import com.sun.management.ThreadMXBean;
import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Speed of reading image files and drawing MoCo v2 views of them, normalised to floats: the work of
 * a PyTorch data loader. One {@link ViewFactory} a thread. The JIT compiler is given some seconds
 * before the clock starts, as a service has them.
 */
public final class AugmentBench {
  private static final int MAX_FILES = 2000;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final Purpose[] PURPOSES = {
    Purpose.QUERY_VIEW, Purpose.KEY_VIEW, Purpose.MEMBER_VIEW
  };

  private final List<Path> files;
  private final int size;
  private final Purpose[] purposes;
  private final int threads;

  /**
   * One measurement.
   *
   * @param images files read
   * @param imagesPerSecond over all threads
   * @param viewsPerSecond over all threads
   * @param allocatedBytesPerImage Java heap taken for one image: the file, its views, and whatever
   *     else
   */
  public record Result(
      int images, double imagesPerSecond, double viewsPerSecond, double allocatedBytesPerImage) {}

  /**
   * A bench over a folder.
   *
   * @param folder PNG and JPEG files, searched recursively; the first 2,000 by name are used
   * @param size of the views
   * @param views drawn of each image, 1 to 3
   */
  public AugmentBench(Path folder, int size, int views, int threads) throws IOException {
    if (views < 1 || views > PURPOSES.length || threads < 1) {
      throw new IllegalArgumentException(
          "views must be 1 to "
              + PURPOSES.length
              + ", threads 1 or more: "
              + views
              + ", "
              + threads);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      this.files = all.filter(AugmentBench::isImage).sorted().limit(MAX_FILES).toList();
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no .png, .jpg or .jpeg files below " + folder);
    }
    this.size = size;
    this.purposes = Arrays.copyOf(PURPOSES, views);
    this.threads = threads;
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
  }

  /** Warms up and measures one pass over the files. */
  public Result run() throws IOException, ImageRejectedException, InterruptedException {
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(new Worker());
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long warmUpEnd = System.nanoTime() + WARM_UP_NANOS;
      while (System.nanoTime() < warmUpEnd) {
        pass(pool, workers);
      }
      long start = System.nanoTime();
      long allocated = pass(pool, workers);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Result(
          files.size(),
          files.size() / seconds,
          purposes.length * files.size() / seconds,
          (double) allocated / files.size());
    } finally {
      pool.shutdownNow();
    }
  }

  private long pass(ExecutorService pool, List<Worker> workers)
      throws IOException, ImageRejectedException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Future<Long>> results = new ArrayList<>();
    for (Worker worker : workers) {
      results.add(pool.submit(() -> worker.run(next)));
    }
    long allocated = 0;
    for (Future<Long> result : results) {
      try {
        allocated += result.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ImageRejectedException rejected) {
          throw rejected;
        }
        throw new IOException(e.getCause());
      }
    }
    return allocated;
  }

  /** Confined to one thread at a time. */
  private final class Worker {
    private final ViewFactory factory =
        new ViewFactory(ViewConfig.mocoV2(size), DecodeLimits.defaults(), 0);
    private final float[] normalised = new float[3 * size * size];

    long run(AtomicInteger next) throws IOException, ImageRejectedException {
      ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();
      for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
        byte[] file = Files.readAllBytes(files.get(i));
        for (byte[] view : factory.views(file, new ImageCoordinates(0, i), purposes)) {
          PixelNormalizer.IMAGENET.toPlanes(view, 0, view.length, normalised, 0);
        }
      }
      return thread.getCurrentThreadAllocatedBytes() - before;
    }
  }
}
