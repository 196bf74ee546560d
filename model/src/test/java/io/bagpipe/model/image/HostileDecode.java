package io.bagpipe.model.image;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Decodes files in a process of its own: a line for each, {@code name outcome processor-ms
 * message}.
 */
final class HostileDecode {
  private HostileDecode() {}

  public static void main(String[] files) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (String file : files) {
      byte[] bytes = Files.readAllBytes(Path.of(file));
      long start = system.getProcessCpuTime();
      String outcome;
      String message = "";
      try {
        RgbImage image = new ImageDecoder(DecodeLimits.defaults()).decode(bytes);
        outcome = "decoded:" + image.width() + "x" + image.height();
      } catch (ImageRejectedException e) {
        message = e.getMessage();
        boolean memory = message.contains("OutOfMemory");
        outcome = memory ? "OUT_OF_MEMORY" : e.reason().toString();
      }
      long millis = (system.getProcessCpuTime() - start) / 1_000_000;
      System.out.println(
          Path.of(file).getFileName() + " " + outcome + " " + millis + " " + message);
    }
    // A step that was given up may still run.
    System.exit(0);
  }
}
