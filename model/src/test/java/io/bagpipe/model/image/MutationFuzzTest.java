package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.bagpipe.model.image.ImageRejectedException.Reason;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * Damages good files at random: nothing but {@link ImageRejectedException} may come out, within a
 * second and 200 MB each. {@code -Dbagpipe.fuzz=10000 -Dbagpipe.fuzz.seed=N} for more of it.
 */
class MutationFuzzTest {
  private static final int COUNT = Integer.getInteger("bagpipe.fuzz", 600);
  private static final long SEED = Long.getLong("bagpipe.fuzz.seed", 4);
  private static final long MAX_BYTES = 200L << 20;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void damagedFilesAreRefusedOrRead() throws Exception {
    System.out.println("seed " + SEED + ", " + COUNT + " files");
    // A second of the clock would depend on what else the machine does; five do not.
    ImageDecoder decoder =
        new ImageDecoder(new DecodeLimits(32 << 20, 48_000_000, Duration.ofSeconds(5)));
    List<Path> files = FormatsTest.files();
    Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
    int read = 0;
    for (int i = 0; i < COUNT; i++) {
      Random random = new Random(SEED * 1_000_003 + i);
      Path source = files.get(random.nextInt(files.size()));
      byte[] file = mutate(Files.readAllBytes(source), random);
      String name = source.getFileName() + ", mutation " + i + " of seed " + SEED;
      long before = allocated();
      long cpu = threads.getCurrentThreadCpuTime();
      try {
        RgbImage image = decoder.decode(file);
        assertThat(image.rgb()).isNotEmpty();
        read++;
      } catch (ImageRejectedException e) {
        refused.merge(e.reason(), 1, Integer::sum);
        // somebody else's decoder may hang, and is cut off after a second of processor time
        assertThat(e.reason() == Reason.TIMED_OUT && isOurs(file)).as(name).isFalse();
      } catch (Throwable e) {
        throw new AssertionError(name, e);
      }
      assertThat(allocated() - before).as("bytes taken by " + name).isLessThan(MAX_BYTES);
      assertThat(threads.getCurrentThreadCpuTime() - cpu)
          .as("processor time of " + name)
          .isLessThan(1_000_000_000L);
    }
    System.out.println("read " + read + ", refused " + refused);
    assertThat(read).isPositive();
    assertThat(refused).containsKeys(Reason.CORRUPT, Reason.UNKNOWN_FORMAT);
  }

  private static boolean isOurs(byte[] file) throws ImageRejectedException {
    ImageFormat format = ImageFormat.of(file);
    return format == ImageFormat.PNG || format == ImageFormat.JPEG;
  }

  private long allocated() {
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] file = original.clone();
    int changes = 1 << random.nextInt(5);
    for (int c = 0; c < changes; c++) {
      // Headers, where the trouble is, more often than their share.
      int reach = random.nextBoolean() ? Math.min(file.length, 64) : file.length;
      int at = random.nextInt(reach);
      switch (random.nextInt(6)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file[at] = (byte) random.nextInt(256);
        case 2 -> file[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        case 3 -> {
          int length = Math.min(1 + random.nextInt(8), file.length - at);
          Arrays.fill(file, at, at + length, (byte) random.nextInt(256));
        }
        case 4 -> {
          int length = Math.min(1 + random.nextInt(40), file.length - at);
          int from = random.nextInt(file.length - length + 1);
          System.arraycopy(file.clone(), from, file, at, length);
        }
        default -> {
          if (random.nextInt(4) == 0 && file.length > 20) {
            file = Arrays.copyOf(file, 10 + random.nextInt(file.length - 10));
          }
        }
      }
    }
    if (random.nextInt(4) != 0) {
      repairChecksums(file);
    }
    return file;
  }

  /** A PNG's checksums would stop nearly every change at the door. */
  private static void repairChecksums(byte[] file) {
    if (file.length < 8 || file[0] != (byte) 0x89) {
      return;
    }
    ByteBuffer view = ByteBuffer.wrap(file);
    List<Integer> chunks = new ArrayList<>();
    long at = 8;
    while (at + 12 <= file.length) {
      int length = view.getInt((int) at);
      if (length < 0 || at + 12 + length > file.length) {
        break;
      }
      chunks.add((int) at);
      at += 12 + length;
    }
    for (int chunk : chunks) {
      int length = view.getInt(chunk);
      CRC32 crc = new CRC32();
      crc.update(file, chunk + 4, length + 4);
      view.putInt(chunk + 8 + length, (int) crc.getValue());
    }
  }
}
