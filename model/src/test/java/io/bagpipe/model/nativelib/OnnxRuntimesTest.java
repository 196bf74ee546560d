package io.bagpipe.model.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimesTest {
  /** A process that loads ONNX Runtime and is killed. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] args) {
      OrtEnvironment environment =
          args[0].equals("ours") ? OnnxRuntimes.environment() : OrtEnvironment.getEnvironment();
      Runtime.getRuntime().halt(environment.getVersion().isEmpty() ? 1 : 7);
    }
  }

  @TempDir Path directory;

  /** Names of files; directories without any cost nothing. */
  private List<String> left(String how) throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(directory.resolve(how));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"));
    command.addAll(List.of(Killed.class.getName(), how));
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    // not on the command line: ONNX Runtime reads that, and a long one is too much for it
    process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    assertThat(process.start().waitFor()).isEqualTo(7);
    try (Stream<Path> files = Files.walk(temporary)) {
      return files.filter(Files::isRegularFile).map(each -> each.getFileName().toString()).toList();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aKilledProcessLeavesNoLibrariesBehind() throws Exception {
    assertThat(left("plain")).contains("libonnxruntime.so");
    assertThat(left("ours")).noneMatch(name -> name.contains("onnxruntime"));
  }
}
