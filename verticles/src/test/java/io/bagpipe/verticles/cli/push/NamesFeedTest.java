package io.bagpipe.verticles.cli.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.verticles.config.LimitsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NamesFeedTest {
  @TempDir Path dir;
  private final PushCounts counts = new PushCounts();
  private final FakeOutlet outlet = new FakeOutlet();
  private String first;
  private String second;

  @BeforeEach
  void images() throws IOException {
    first = Files.write(dir.resolve("1 one.png"), new byte[] {1}).toString();
    second = Files.write(dir.resolve("2.png"), new byte[] {2}).toString();
  }

  @Test
  void sendsAnImageAsSoonAsItsNameIsThere() throws Exception {
    PipedInputStream in = new PipedInputStream();
    CountDownLatch one = new CountDownLatch(1);
    BooleanSupplier watch =
        () -> {
          if (counts.sent.get() == 1) {
            one.countDown();
          }
          return false;
        };
    CompletableFuture<Boolean> push;
    try (PipedOutputStream names = new PipedOutputStream(in)) {
      push = CompletableFuture.supplyAsync(() -> run(in, 0, watch, false));
      names.write((first + "\n\n").getBytes(UTF_8));
      names.flush();

      assertThat(one.await(30, TimeUnit.SECONDS)).as("sent before the next name").isTrue();

      names.write(second.getBytes(UTF_8));
    }
    assertThat(push.join()).isTrue();
    assertThat(outlet.taken).extracting(LabelledImage::id).containsExactly(first, second);
    assertThat(outlet.flushed).isTrue();
  }

  @Test
  void readsAnEndlessListNoFurtherThanItNeeds() {
    AtomicLong given = new AtomicLong();
    byte[] line = (first + "\n").getBytes(UTF_8);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return line[(int) (given.getAndIncrement() % line.length)];
          }

          @Override
          public int read(byte[] bytes, int from, int length) {
            for (int i = 0; i < length; i++) {
              bytes[from + i] = (byte) read();
            }
            return length;
          }
        };

    run(endless, 0, () -> counts.sent.get() >= 20_000, false);

    assertThat(counts.sent).hasValue(20_000);
    assertThat(given.get()).isLessThan((20_000L + 1100) * line.length + (1 << 14));
  }

  @Test
  void stopsWhileItWaitsForAName() throws Exception {
    PipedInputStream in = new PipedInputStream();
    try (PipedOutputStream names = new PipedOutputStream(in)) {
      names.write((first + "\n").getBytes(UTF_8));
      names.flush();

      boolean ended = run(in, 0, () -> counts.sent.get() == 1, false);

      assertThat(ended).as("there may be more").isFalse();
      assertThat(outlet.flushed).isTrue();
    }
  }

  @Test
  void namesMayBeNulSeparated() throws Exception {
    String odd = Files.write(dir.resolve("a\nb.png"), new byte[] {3}).toString();

    boolean ended = run(names(first + "\0" + odd + "\0"), 0, () -> false, false);

    assertThat(ended).isTrue();
    assertThat(outlet.taken).extracting(LabelledImage::id).containsExactly(first, odd);
  }

  @Test
  void goesOnWithTheOthersAfterWhatIsNoFile() {
    run(names(dir.resolve("none") + "\n" + dir + "\n/dev/zero\n" + first), 0, () -> false, false);

    assertThat(counts.unreadable).hasValue(3);
    assertThat(counts.sent).hasValue(1);
    assertThat(counts.firstTrouble()).endsWith("none: no such file or directory");
  }

  @Test
  void resumesBehindWhatWasAcknowledged() {
    run(names(first + "\n" + second), 1, () -> false, false);
    assertThat(counts.sent).hasValue(1);

    run(names(first + "\n" + second), 0, () -> false, true);

    assertThat(counts.resumed).hasValue(1);
    assertThat(outlet.taken).extracting(LabelledImage::id).containsExactly(first, second);
  }

  @Test
  void refusesWhatIsNoListOfNames() {
    assertThatThrownBy(() -> run(names("x".repeat(100_000)), 0, () -> false, false))
        .hasMessageContaining("a name of more than 65536 bytes");
  }

  private static InputStream names(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  /** Whether all names were taken. */
  private boolean run(InputStream in, long limit, BooleanSupplier stop, boolean resume) {
    try (NamesFeed feed = new NamesFeed(in, limit);
        PushJournal journal = new PushJournal(dir.resolve("push"), "p", resume)) {
      new PushJob(
              outlet,
              journal,
              new PushJob.Manner(0, true, new LimitsConfig.Names(2048, 64), stop),
              counts)
          .run(feed);
      return feed.atEnd();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
