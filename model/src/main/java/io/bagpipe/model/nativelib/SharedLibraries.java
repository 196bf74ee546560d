package io.bagpipe.model.nativelib;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which shared libraries the dynamic linker would find, by soname; loads none. It looks where the
 * linker does: {@code LD_LIBRARY_PATH}, which Java's own library path begins with, and the cache
 * that {@code ldconfig} keeps. Any thread.
 */
public final class SharedLibraries {
  private static final List<String> LDCONFIG = List.of("/sbin/ldconfig", "-p");
  private static final int SECONDS = 5;

  private SharedLibraries() {}

  /** Those of the sonames that are nowhere, in their order. */
  public static List<String> missing(List<String> sonames) throws InterruptedException {
    return missing(sonames, System.getProperty("java.library.path", ""), cache());
  }

  static List<String> missing(List<String> sonames, String path, String cache) {
    List<String> folders = List.of(path.split(File.pathSeparator));
    Set<String> cached = new HashSet<>();
    // "libm.so.6 (libc6,x86-64) => /lib/x86_64-linux-gnu/libm.so.6"
    cache.lines().map(line -> line.strip().split("\\s", 2)[0]).forEach(cached::add);
    return sonames.stream()
        .filter(soname -> !cached.contains(soname))
        .filter(soname -> folders.stream().noneMatch(f -> new File(f, soname).exists()))
        .toList();
  }

  /** What ldconfig lists; nothing where there is none, as on systems without glibc. */
  private static String cache() throws InterruptedException {
    try {
      // into a file: the list may be longer than a pipe holds
      Path answer = Files.createTempFile("ldconfig", ".txt");
      try {
        Process process =
            new ProcessBuilder(LDCONFIG)
                .redirectOutput(answer.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        return Files.readString(answer, StandardCharsets.UTF_8);
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      return "";
    }
  }
}
