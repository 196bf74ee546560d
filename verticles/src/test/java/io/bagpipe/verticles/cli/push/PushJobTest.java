package io.bagpipe.verticles.cli.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.verticles.config.LimitsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushJobTest {
  private static final int IMAGES = 20;
  @TempDir Path dir;
  private Path pictures;
  private final PushCounts counts = new PushCounts();

  @BeforeEach
  void pictures() throws IOException {
    pictures = Files.createDirectories(dir.resolve("pictures"));
    for (int i = 0; i < IMAGES; i++) {
      Path file = pictures.resolve("c" + i % 2).resolve(String.format("%02d.png", i));
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[] {(byte) i});
    }
  }

  @Test
  void sendsEveryImageWithIdAndLabel() throws Exception {
    FakeOutlet outlet = new FakeOutlet();

    push(outlet, plan(1, false), false, true);

    assertThat(outlet.taken).hasSize(IMAGES);
    assertThat(outlet.taken.get(10).id()).isEqualTo("c1/01.png");
    assertThat(outlet.taken.get(10).label()).isEqualTo("c1");
    assertThat(outlet.taken.get(10).encoded()).containsExactly(1);
    assertThat(counts.sent).hasValue(IMAGES);
    assertThat(counts.bytes).hasValue(IMAGES);
    assertThat(outlet.flushed).isTrue();
  }

  @Test
  void leavesLabelsOutWhenAskedTo() throws Exception {
    FakeOutlet outlet = new FakeOutlet();

    push(outlet, plan(1, false), false, false);

    assertThat(outlet.taken).hasSize(IMAGES).allMatch(i -> i.label() == null);
  }

  @Test
  void interruptedTwiceSendsWhatWasAcknowledgedOnce() throws Exception {
    FakeOutlet outlet = new FakeOutlet();
    PushPlan plan = plan(2, true);
    outlet.dieAfter = 13;
    assertThatThrownBy(() -> push(outlet, plan, false, true))
        .isInstanceOf(InterruptedException.class);
    outlet.dieAfter = 27;
    assertThatThrownBy(() -> push(outlet, plan, true, true))
        .isInstanceOf(InterruptedException.class);
    outlet.dieAfter = Integer.MAX_VALUE;

    push(outlet, plan(2, true), true, true);

    assertThat(outlet.taken).hasSize(2 * IMAGES);
    assertThat(counts.resumed).hasValue(13 + 27);
    assertThat(
            new HashSet<>(outlet.taken.subList(0, IMAGES).stream().map(LabelledImage::id).toList()))
        .hasSize(IMAGES);
  }

  @Test
  void stopsWhenToldToWithEverythingFlushed() throws Exception {
    FakeOutlet outlet = new FakeOutlet();
    outlet.stopAfter = 7;

    push(outlet, plan(1, false), false, true);

    assertThat(outlet.taken).hasSize(7);
    assertThat(outlet.flushed).isTrue();
    assertThat(counts.handled()).isEqualTo(7);
  }

  @Test
  void sendsAgainWhatWasRefusedBefore() throws Exception {
    FakeOutlet outlet = new FakeOutlet();
    outlet.refused = Set.of("c0/04.png");
    push(outlet, plan(1, false), false, true);
    assertThat(counts.failed).hasValue(1);
    assertThat(counts.notSent()).isEqualTo(1);
    assertThat(counts.firstTrouble()).isEqualTo("c0/04.png: not sent: broker is full");
    outlet.refused = Set.of();

    push(outlet, plan(1, false), true, true);

    assertThat(outlet.taken).hasSize(IMAGES);
    assertThat(outlet.taken.get(IMAGES - 1).id()).isEqualTo("c0/04.png");
  }

  @Test
  void anImageOfTooLongANameIsNotSentAndSaid() throws Exception {
    String name = "n".repeat(60) + ".png";
    Files.copy(pictures.resolve("c0/00.png"), pictures.resolve("c0/" + name));
    FakeOutlet outlet = new FakeOutlet();

    push(new PlannedFeed(ImageSources.open(pictures), plan(1, false)), outlet, false, true);

    assertThat(outlet.taken).isNotEmpty().noneMatch(image -> image.id().contains(name));
    assertThat(counts.tooLarge).hasValue(1);
    assertThat(counts.firstTrouble())
        .contains("nnn.png: the id has 67 bytes, more than limits.id-bytes (64)");
  }

  @Test
  void countsWhatIsTooLargeOrCannotBeRead() throws Exception {
    Files.write(pictures.resolve("c0/00.png"), new byte[2000]);
    Files.write(pictures.resolve("c0/02.png"), new byte[3 << 20]);
    FakeOutlet outlet = new FakeOutlet();
    ImageSource source = ImageSources.open(pictures);
    Files.delete(pictures.resolve("c1/05.png"));

    push(new PlannedFeed(source, plan(1, false)), outlet, false, true);

    assertThat(counts.tooLarge).hasValue(2);
    assertThat(counts.unreadable).hasValue(1);
    assertThat(counts.sent).hasValue(IMAGES - 3);
    assertThat(counts.firstTrouble())
        .isEqualTo("c0/00.png: larger than the 1000 bytes that a limit leaves for a record");
  }

  @Test
  void theSamePushCannotRunTwice() throws Exception {
    try (PushJournal first = new PushJournal(dir.resolve("push"), "x", false)) {
      first.acknowledged(3, "cat");
      assertThatThrownBy(() -> new PushJournal(dir.resolve("push"), "x", false))
          .isInstanceOf(Exception.class);
    }
    try (PushJournal again = new PushJournal(dir.resolve("push"), "x", true);
        PushJournal other = new PushJournal(dir.resolve("push"), "y", true)) {
      assertThat(again.isAcknowledged(3, "cat")).isTrue();
      assertThat(again.isAcknowledged(3, "dog")).as("another image stands there now").isFalse();
      assertThat(again.isAcknowledged(2, "cat")).isFalse();
      assertThat(again.isAcknowledged(4, "cat")).isFalse();
      assertThat(other.isAcknowledged(3, "cat")).isFalse();
    }
  }

  @Test
  void severalPlacesWithTheSameNamesAreAllSentAndResumed() throws Exception {
    Path more = Files.createDirectories(dir.resolve("more/c0"));
    Files.write(more.resolve("00.png"), new byte[] {99});
    List<Path> places = List.of(pictures, dir.resolve("more"), more.resolve("00.png"));
    FakeOutlet outlet = new FakeOutlet();
    outlet.dieAfter = IMAGES - 1;
    assertThatThrownBy(() -> push(all(places), outlet, false, true))
        .isInstanceOf(InterruptedException.class);
    outlet.dieAfter = Integer.MAX_VALUE;

    push(all(places), outlet, true, true);

    assertThat(counts.resumed).hasValue(IMAGES - 1);
    assertThat(outlet.taken).hasSize(IMAGES + 2);
    LabelledImage first = outlet.taken.get(0);
    LabelledImage other = outlet.taken.get(IMAGES);
    assertThat(first.id()).isEqualTo(pictures + "/c0/00.png");
    assertThat(other.id()).isEqualTo(dir + "/more/c0/00.png");
    assertThat(other.label()).isEqualTo("c0");
    assertThat(other.encoded()).containsExactly(99);
    assertThat(outlet.taken.get(IMAGES + 1).id())
        .as("the same file by another way has the same id")
        .isEqualTo(other.id());
  }

  private PushFeed all(List<Path> places) throws IOException {
    ImageSource source = ImageSources.open(places, null);
    return new PlannedFeed(source, new PushPlan(source.size(), 1, false, 1, 0));
  }

  @Test
  void plansAreFixedAndShuffledAnewEveryEpoch() {
    PushPlan plan = new PushPlan(100, 3, true, 5, 250);
    List<Integer> all = LongStream.range(0, plan.total()).mapToObj(plan::image).toList();

    assertThat(all).hasSize(250);
    assertThat(new HashSet<>(all.subList(0, 100))).hasSize(100);
    assertThat(all.subList(100, 200)).doesNotHaveDuplicates().isNotEqualTo(all.subList(0, 100));
    assertThat(new PushPlan(100, 3, true, 5, 0).image(150)).isEqualTo(all.get(150));
    assertThat(LongStream.range(0, 100).mapToObj(new PushPlan(100, 1, true, 6, 0)::image).toList())
        .isNotEqualTo(all.subList(0, 100));
    assertThat(new PushPlan(100, 2, false, 5, 0).image(150)).isEqualTo(50);
  }

  private PushPlan plan(int epochs, boolean shuffle) {
    return new PushPlan(IMAGES, epochs, shuffle, 1, 0);
  }

  private void push(FakeOutlet outlet, PushPlan plan, boolean resume, boolean labels)
      throws Exception {
    push(new PlannedFeed(ImageSources.open(pictures), plan), outlet, resume, labels);
  }

  private void push(PushFeed feed, FakeOutlet outlet, boolean resume, boolean labels)
      throws Exception {
    try (feed;
        PushJournal journal = new PushJournal(dir.resolve("push"), "p", resume)) {
      BooleanSupplier stop = () -> outlet.taken.size() >= outlet.stopAfter;
      new PushJob(
              outlet,
              journal,
              new PushJob.Manner(0, labels, new LimitsConfig.Names(64, 64), stop),
              counts)
          .run(feed);
    }
  }
}
