package io.bagpipe.streams.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFetcherTest {
  private static final int MOST = 100;

  @TempDir private Path directory;
  private Path allowed;
  private Path secret;
  private FileFetcher fetcher;

  @BeforeEach
  void files() throws Exception {
    allowed = Files.createDirectory(directory.resolve("allowed"));
    secret = Files.write(directory.resolve("secret"), new byte[] {7});
    fetcher = new FileFetcher(AllowList.of(List.of(allowed.toUri().toString())), MOST);
  }

  private Fetched fetch(Path path, String pinned) throws Exception {
    return fetcher.fetch(Reference.parse(path.toUri().toString()), pinned);
  }

  private Refusal refusal(Path path, String pinned) {
    return catchThrowableOfType(FetchRefusedException.class, () -> fetch(path, pinned)).refusal();
  }

  @Test
  void aFileIsReadWithWhatTellsItsStatesApart() throws Exception {
    Path file = Files.write(allowed.resolve("a b+ü.jpg"), new byte[] {1, 2, 3});

    Fetched first = fetch(file, "");

    assertThat(first.bytes()).containsExactly(1, 2, 3);
    assertThat(first.version()).matches("modified:\\S+ size:3");
    assertThat(fetch(file, first.version())).usingRecursiveComparison().isEqualTo(first);
    Files.write(file, new byte[] {1, 2, 3, 4});
    assertThat(refusal(file, first.version())).isEqualTo(Refusal.CHANGED);
  }

  @Test
  void linksMayLeadInsideAndNotOut() throws Exception {
    Path file = Files.write(allowed.resolve("a.jpg"), new byte[] {1});
    Path inside = Files.createSymbolicLink(allowed.resolve("inside.jpg"), file);
    Path outside = Files.createSymbolicLink(allowed.resolve("outside.jpg"), secret);
    Path up = Files.createSymbolicLink(allowed.resolve("up"), directory);

    assertThat(fetch(inside, "").bytes()).containsExactly(1);
    assertThat(refusal(outside, "")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(refusal(up.resolve("secret"), "")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(refusal(secret, "")).isEqualTo(Refusal.NOT_ALLOWED);
  }

  @Test
  void onlyFilesAreOpened() throws Exception {
    Path pipe = allowed.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(refusal(pipe, "")).isEqualTo(Refusal.REFUSED);
    assertThat(refusal(Files.createDirectory(allowed.resolve("folder")), ""))
        .isEqualTo(Refusal.REFUSED);
    assertThat(refusal(allowed.resolve("none"), "")).isEqualTo(Refusal.NOT_FOUND);
  }

  @Test
  void aLargeFileIsNotRead() throws Exception {
    Path most = Files.write(allowed.resolve("most"), new byte[MOST]);
    Path more = Files.write(allowed.resolve("more"), new byte[MOST + 1]);

    assertThat(fetch(most, "").bytes()).hasSize(MOST);
    assertThat(refusal(more, "")).isEqualTo(Refusal.TOO_MANY_BYTES);
  }
}
