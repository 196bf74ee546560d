package io.bagpipe.model.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/**
 * Whether many training steps leave memory as it was: what JavaCPP counts of native memory, and
 * what the system counts of the whole process, and a GPU's high-water mark, after a warm-up and at
 * the end.
 */
public final class SteadyCheck {
  private static final long MEGABYTE = 1 << 20;

  /** What the Java heap may still take in a process whose heap is capped low. */
  private static final long RESIDENT_ALLOWANCE = 64 * MEGABYTE;

  private static final long NATIVE_ALLOWANCE = MEGABYTE;

  /**
   * Bytes at one moment.
   *
   * @param nativeBytes what JavaCPP's pointers own
   * @param residentBytes what the process holds in memory; 0 where the system does not tell
   * @param devicePeakBytes the most that a GPU's memory held so far; 0 on the CPU
   */
  public record Memory(long nativeBytes, long residentBytes, long devicePeakBytes) {}

  /** Two moments, and whether they are the same but for an allowance. */
  public record Result(Memory afterWarmUp, Memory atEnd) {
    public boolean flat() {
      return atEnd.nativeBytes - afterWarmUp.nativeBytes <= NATIVE_ALLOWANCE
          && atEnd.devicePeakBytes - afterWarmUp.devicePeakBytes <= NATIVE_ALLOWANCE
          && atEnd.residentBytes - afterWarmUp.residentBytes <= RESIDENT_ALLOWANCE;
    }
  }

  private SteadyCheck() {}

  /** Runs {@code steps} steps, the first tenth of them as a warm-up. */
  public static Result run(StepBench bench, int steps) {
    int warmUp = steps / 10;
    for (int i = 0; i < warmUp; i++) {
      bench.step();
    }
    Memory before = memory(bench);
    for (int i = warmUp; i < steps; i++) {
      bench.step();
    }
    return new Result(before, memory(bench));
  }

  private static Memory memory(StepBench bench) {
    return new Memory(Pointer.totalBytes(), residentBytes(), bench.devicePeakBytes());
  }

  private static long residentBytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try (var lines = Files.lines(status, StandardCharsets.US_ASCII)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
