package io.bagpipe.verticles.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process's memory as the kernel counts it (proc(5), status). */
final class Resident {
  private static final String PEAK = "VmHWM:";

  private Resident() {}

  /** Peak resident bytes, or -1 where the kernel does not say. */
  static long peakBytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith(PEAK)) {
          String kilobytes = line.substring(PEAK.length()).replace("kB", "").trim();
          return Long.parseLong(kilobytes) * 1024;
        }
      }
      return -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
