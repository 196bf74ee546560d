package io.bagpipe.model.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedLibrariesTest {
  private static final String CACHE =
      """
      3 libs found in cache `/etc/ld.so.cache'
      \tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1
      \tlibcudart.so.13 (libc6,x86-64) => /usr/local/cuda/lib64/libcudart.so.13
      """;

  @TempDir Path folder;

  @Test
  void whatIsInNoFolderAndNotInTheCacheIsMissing() throws Exception {
    Files.createFile(folder.resolve("libcudnn.so.9"));
    String path = "/nowhere" + File.pathSeparator + folder;

    assertThat(
            SharedLibraries.missing(
                List.of("libnccl.so.2", "libcudnn.so.9", "libcudart.so.13", "libcudart.so.1"),
                path,
                CACHE))
        .containsExactly("libnccl.so.2", "libcudart.so.1");
    assertThat(SharedLibraries.missing(List.of("libz.so.1"), "", "")).containsExactly("libz.so.1");
  }

  @Test
  void thisMachinesOwnLibrariesAreFound() throws Exception {
    assertThat(SharedLibraries.missing(List.of("libc.so.6", "libnobody.so.77")))
        .containsExactly("libnobody.so.77");
  }
}
