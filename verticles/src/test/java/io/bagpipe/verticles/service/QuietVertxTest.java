package io.bagpipe.verticles.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietVertxTest {
  /** A process that makes Vert.x and is killed. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] args) {
      Vertx vertx = args[0].equals("quiet") ? QuietVertx.create() : Vertx.vertx();
      vertx.fileSystem().readFileBlocking(args[1]);
      Runtime.getRuntime().halt(7);
    }
  }

  @TempDir Path directory;

  private Stream<String> left(String how) throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(directory.resolve(how));
    Path file = Files.writeString(directory.resolve("a.txt"), "words");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Djava.io.tmpdir=" + temporary,
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Killed.class.getName(),
                    how,
                    file.toString()))
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isEqualTo(7);
    try (Stream<Path> files = Files.list(temporary)) {
      return files.map(each -> each.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void aKilledProcessLeavesNoCacheOfFiles() throws Exception {
    assertThat(left("plain")).anyMatch(name -> name.startsWith("vertx-cache"));
    assertThat(left("quiet")).noneMatch(name -> name.startsWith("vertx-cache"));
  }
}
