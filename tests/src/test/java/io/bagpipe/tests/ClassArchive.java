package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.config.TeacherConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The classes of a service as the JVM keeps them in a file (class data sharing), so that the dozens
 * of processes that the tests start do not each read and verify them again: that is a third of what
 * a start costs. Made once for a jar, by starting and stopping it; where that does not work the
 * processes start without.
 */
final class ClassArchive {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private ClassArchive() {}

  /** The option for a JVM that runs this jar; none where there is no archive. */
  static synchronized List<String> option(Path jar) throws IOException {
    Path archive =
        Path.of("target", "classes-" + Files.getLastModifiedTime(jar).toMillis() + ".jsa")
            .toAbsolutePath();
    Path guard = Files.createDirectories(archive.getParent()).resolve("classes.lock");
    // several test processes want it at the same time: one makes it, the others wait
    try (FileChannel channel =
            FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      if (!Files.exists(archive)) {
        make(jar, archive);
      }
    }
    return Files.size(archive) == 0 ? List.of() : List.of("-XX:SharedArchiveFile=" + archive);
  }

  /** Leaves an empty file when the JVM writes none, so that nobody tries again. */
  private static void make(Path jar, Path archive) throws IOException {
    Path data = Files.createTempDirectory(archive.getParent(), "classes");
    Path made = data.resolve("classes.jsa");
    Path log = data.resolve("process.log");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(BagpipeProcess.QUICKLY);
    line.addAll(List.of("-XX:ArchiveClassesAtExit=" + made, "-jar", jar.toString(), "run"));
    line.addAll(List.of("--set", "data.dir=" + data, "--set", "http.port=0"));
    line.addAll(List.of("--set", "student.width=4", "--set", "bags.window=64"));
    line.addAll(List.of("--set", "teacher.path=" + TeacherConfig.BUILTIN));
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = false;
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () -> !process.isAlive() || Files.readString(log).contains("started role=augment"));
      process.destroy();
      ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ConditionTimeoutException e) {
      System.err.println("no class archive: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    if (ended && Files.exists(made)) { // a process that was killed may have written half of it
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    } else {
      System.err.println("no class archive: " + Files.readString(log));
      Files.createFile(archive);
    }
  }
}
