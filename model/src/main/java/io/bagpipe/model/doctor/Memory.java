package io.bagpipe.model.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The limits on memory, in bytes.
 *
 * @param physical of the machine, or of the container as Java sees it
 * @param cgroup the container's limit; 0 for none
 * @param heap the most Java's heap grows to
 * @param direct the most its direct buffers take
 * @param nativeMost the most JavaCPP lets ND4J's arrays take; 0 for no limit
 * @param process the size of the process at which JavaCPP refuses more; 0 for no limit
 */
record Memory(long physical, long cgroup, long heap, long direct, long nativeMost, long process) {
  private static final long GIB = 1L << 30;
  private static final long LEAST = 3 * GIB;
  private static final String NAME = "memory";
  private static final Path MEMBERSHIP = Path.of("/proc/self/cgroup");
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  /** As things are in this process. */
  static Memory here() {
    HotSpotDiagnosticMXBean hotspot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long heap = Runtime.getRuntime().maxMemory();
    long direct = Long.parseLong(hotspot.getVMOption("MaxDirectMemorySize").getValue());
    return new Memory(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
        cgroupLimit(MEMBERSHIP, MOUNTS),
        heap,
        direct == 0 ? heap : direct,
        Pointer.maxBytes(),
        Pointer.maxPhysicalBytes());
  }

  /**
   * The smallest limit on the way from this process's group to the root; 0 for none.
   *
   * @param membership as {@code /proc/self/cgroup}
   * @param mounts as {@code /proc/self/mounts}
   */
  static long cgroupLimit(Path membership, Path mounts) {
    long least = Long.MAX_VALUE;
    try {
      for (String line : Files.readAllLines(membership, StandardCharsets.UTF_8)) {
        String[] parts = line.split(":", 3);
        boolean unified = parts.length == 3 && parts[1].isEmpty();
        if (unified || (parts.length == 3 && List.of(parts[1].split(",")).contains("memory"))) {
          Path top = mountPoint(mounts, unified);
          String file = unified ? "memory.max" : "memory.limit_in_bytes";
          least = top == null ? least : Math.min(least, least(top, parts[2], file));
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return least > Long.MAX_VALUE / 2 ? 0 : least;
  }

  private static @Nullable Path mountPoint(Path mounts, boolean unified) throws IOException {
    for (String line : Files.readAllLines(mounts, StandardCharsets.UTF_8)) {
      String[] fields = line.split(" ");
      if (fields.length > 3
          && (unified
              ? fields[2].equals("cgroup2")
              : fields[2].equals("cgroup") && List.of(fields[3].split(",")).contains("memory"))) {
        return Path.of(fields[1]);
      }
    }
    return null;
  }

  private static long least(Path top, String group, String file) throws IOException {
    long least = Long.MAX_VALUE;
    // inside a container the path may be the host's: what is not there has no say
    Path folder = top.resolve(group.replaceFirst("^/+", "")).normalize();
    while (folder != null && folder.startsWith(top)) {
      Path limit = folder.resolve(file);
      if (Files.isReadable(limit)) {
        String text = Files.readString(limit).strip();
        if (text.matches("\\d{1,18}")) {
          least = Math.min(least, Long.parseLong(text));
        }
      }
      folder = folder.getParent();
    }
    return least;
  }

  Finding finding() {
    long available = cgroup > 0 ? Math.min(cgroup, physical) : physical;
    String value =
        size(physical)
            + " physical, container "
            + limit(cgroup)
            + ", heap "
            + size(heap)
            + ", direct "
            + size(direct)
            + ", JavaCPP "
            + limit(nativeMost)
            + ", process "
            + limit(process);
    if (available < LEAST) {
      return Finding.warning(
          NAME,
          value,
          "less than "
              + size(LEAST)
              + " is little: expect the embedded broker, teacher"
              + " and a student of width 16 at most, or give it more");
    }
    if (process > available) {
      return Finding.warning(
          NAME,
          value,
          "the process may outgrow what there is and be killed: start with ./bagpipe, or set"
              + " -Dorg.bytedeco.javacpp.maxphysicalbytes to three quarters of "
              + size(available));
    }
    return Finding.goodIf(
        process > 0,
        NAME,
        value,
        "native memory has no limit: start with ./bagpipe, or set"
            + " -Dorg.bytedeco.javacpp.maxphysicalbytes");
  }

  private static String limit(long bytes) {
    return bytes <= 0 ? "no limit" : "limit " + size(bytes);
  }

  static String size(long bytes) {
    return String.format(java.util.Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
  }
}
