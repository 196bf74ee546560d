package io.bagpipe.verticles.bags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Neighbour;
import io.bagpipe.model.index.VectorRejectedException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Lineage.Part;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.OtherMakerException;
import io.bagpipe.verticles.stage.RestoreMeter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The windows of a process over a real log: what is restored, what waits, what others own. */
class WindowsTest {
  private static final Windows.Waiting NONE = new Windows.Waiting(0, 1000);
  private static final Windows.Waiting TEN = new Windows.Waiting(10, 1000);

  @TempDir Path directory;
  private EmbeddingsBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new EmbeddingsBroker(directory, 2);
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private Windows windows(int window, Windows.Waiting waiting) {
    return Windows.ofPartitions(broker.setup(window, waiting));
  }

  /** What came out, record by record. */
  private static List<Pushes.Bagged> take(Windows windows, List<InputRecord> records)
      throws Exception {
    List<Pushes.Bagged> all = new ArrayList<>();
    for (InputRecord record : records) {
      windows.take(record, all::add);
    }
    return all;
  }

  /** Images in the first window. */
  private static long size(Windows windows) {
    return windows.look(look -> look.owned().get(0).size());
  }

  private static List<String> texts(List<Pushes.Bagged> bagged) {
    return bagged.stream()
        .flatMap(b -> b.anchors().stream())
        .map(
            item ->
                id(item.anchor())
                    + " "
                    + ids(item.bag())
                    + " "
                    + (item.bag().member() == null
                        ? "alone"
                        : new String(item.bag().member().encoded(), StandardCharsets.UTF_8)))
        .toList();
  }

  private static String id(EmbeddedAnchor anchor) {
    return anchor.getAnchor().getId().toStringUtf8();
  }

  private static List<String> ids(Bag bag) {
    return bag.neighbours().stream().map(n -> new String(n.id(), StandardCharsets.UTF_8)).toList();
  }

  /** Ids of the nearest three by looking at everything. */
  private static List<String> nearest(EmbeddedAnchor anchor, List<EmbeddedAnchor> seen) {
    Map<String, EmbeddedAnchor> live = new HashMap<>();
    seen.forEach(item -> live.put(id(item), item));
    live.remove(id(anchor));
    float[] query = Vectors.floats(anchor.getFeatures());
    return live.values().stream()
        .sorted(
            Comparator.comparingDouble(
                (EmbeddedAnchor e) -> -dot(query, Vectors.floats(e.getFeatures()))))
        .limit(3)
        .map(WindowsTest::id)
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  private static List<EmbeddedAnchor> items(List<InputRecord> records) throws Exception {
    List<EmbeddedAnchor> items = new ArrayList<>();
    for (InputRecord record : records) {
      items.addAll(EmbeddingBatch.parseFrom(record.value()).getItemsList());
    }
    return items;
  }

  @Test
  void whatIsHeldOutIsInNoWindowAndInNoBagAndComesInItsPlace() throws Exception {
    HeldOut heldOut = new HeldOut(0.3, 7);
    List<EmbeddedAnchor> pushed = new ArrayList<>();
    for (int i = 0; i < 60; i += 3) {
      EmbeddedAnchor[] three = new EmbeddedAnchor[3];
      for (int j = 0; j < 3; j++) {
        three[j] = broker.image(0, i + j, "image-" + (i + j));
        pushed.add(three[j]);
      }
      broker.produce(0, three);
    }
    List<EmbeddedAnchor> held =
        pushed.stream().filter(one -> heldOut.has(one.getAnchor().getId().toByteArray())).toList();
    List<EmbeddedAnchor> others = pushed.stream().filter(one -> !held.contains(one)).toList();
    assertThat(held).hasSizeBetween(5, 40);

    List<InputRecord> log = broker.read(0, 0, 20);
    Windows.Setup setup = broker.setup(1000, NONE, Makers.any(), heldOut);
    try (Windows windows = Windows.ofPartitions(setup)) {
      windows.open(0, 0);
      List<Pushes.Bagged> all = take(windows, log);

      List<String> order = new ArrayList<>();
      for (Pushes.Bagged bagged : all) {
        for (int i = 0; i <= bagged.anchors().size(); i++) {
          for (Pushes.Held one : bagged.held()) {
            if (one.before() == i) {
              order.add(id(one.anchor()));
            }
          }
          if (i < bagged.anchors().size()) {
            order.add(id(bagged.anchors().get(i).anchor()));
          }
        }
      }
      assertThat(order).isEqualTo(pushed.stream().map(WindowsTest::id).toList());
      assertThat(all.stream().flatMap(b -> b.held().stream()).map(one -> id(one.anchor())))
          .isEqualTo(held.stream().map(WindowsTest::id).toList());
      EmbeddedAnchor last = others.get(others.size() - 1);
      List<Pushes.Item> drawn = all.stream().flatMap(b -> b.anchors().stream()).toList();
      assertThat(ids(drawn.get(drawn.size() - 1).bag())).isEqualTo(nearest(last, others));
      assertThat(size(windows)).isEqualTo(others.size());
      windows.open(0, 20);
      assertThat(size(windows)).as("as the log is read again").isEqualTo(others.size());
    }
  }

  @Test
  void aRecordWithABadVectorChangesNothingNowAndWhenTheLogIsReadAgain() throws Exception {
    broker.produceImages(0, 0, 5);
    float[] half = new float[EmbeddingsBroker.FEATURES];
    half[0] = 0.5f;
    broker.produce(0, broker.image(0, 5, "good"), broker.image(0, 6, "bad", half));
    broker.produceImages(0, 7, 9);
    broker.produceBag(0);
    List<InputRecord> log = broker.read(0, 0, 8);
    try (Windows live = windows(100, NONE);
        Windows again = windows(100, NONE)) {
      live.open(0, 0);
      take(live, log.subList(0, 5));
      assertThatThrownBy(() -> live.take(log.get(5), b -> {}))
          .isInstanceOf(VectorRejectedException.class);
      List<String> expected = texts(take(live, log.subList(6, 8)));
      again.open(0, 6);
      assertThat(texts(take(again, log.subList(6, 8)))).isEqualTo(expected);
    }
  }

  @Test
  void readingALogBackShowsHowFarItIs() throws Exception {
    broker.produceImages(0, 0, 20);
    broker.trim(0, 4);
    broker.produceBag(0);
    List<StageEvent.Work> shown = new ArrayList<>();
    RestoreMeter meter =
        new RestoreMeter() {
          @Override
          public void passed(long offset, long bytes) {
            super.passed(offset, bytes);
            shown.add(Objects.requireNonNull(now()));
          }
        };
    Windows.Setup as = broker.setup(100, NONE);
    try (Windows windows =
        Windows.ofPartitions(
            new Windows.Setup(
                as.bags(),
                as.seed(),
                as.dimensions(),
                as.kept(),
                as.kafka(),
                as.makers(),
                as.embeddings(),
                as.bagsTopic(),
                as.waiting(),
                meter,
                HeldOut.NONE))) {
      windows.open(0, 20);
    }
    assertThat(shown).hasSize(16).extracting(StageEvent.Work::all).containsOnly(16L);
    assertThat(shown).extracting(StageEvent.Work::done).isSorted().endsWith(16L);
    assertThat(shown).extracting(StageEvent.Work::bytes).isSorted().doesNotHaveDuplicates();
    assertThat(meter.now()).as("when it is done").isNull();
  }

  @Test
  void theLogIsKeptAWindowOfPushesBackHoweverManyRemovalsThereAre() throws Exception {
    for (int i = 0; i < 20; i++) {
      broker.produce(0, broker.image(0, 2L * i, "a" + i), broker.removal(0, 2L * i + 1, "x"));
    }
    try (Windows windows = windows(10, NONE)) {
      windows.open(0, 0);
      take(windows, broker.read(0, 0, 20));
      assertThat(windows.neededFrom(Map.of(0, 20L))).containsEntry(0, 10L);
    }
  }

  @Test
  void anchorsWaitUntilTheWindowIsOldEnoughAndThenGetTheirBagsFromAllOfIt() throws Exception {
    broker.produceImages(0, 0, 9);
    broker.produce(0, broker.image(0, 9, "p0-2"), broker.image(0, 10, "late"));
    broker.produceImages(0, 11, 15);
    List<InputRecord> log = broker.read(0, 0, 14);
    try (Windows windows = windows(100, TEN)) {
      windows.open(0, 0);
      assertThat(take(windows, log.subList(0, 9))).as("nine wait").isEmpty();
      List<Pushes.Bagged> released = take(windows, log.subList(9, 10));
      List<EmbeddedAnchor> all = items(log.subList(0, 10));
      List<Pushes.Item> anchors = released.stream().flatMap(b -> b.anchors().stream()).toList();
      assertThat(anchors).extracting(Pushes.Item::anchor).as("in order, each once").isEqualTo(all);
      for (Pushes.Item item : anchors) {
        assertThat(ids(item.bag())).as(id(item.anchor())).isEqualTo(nearest(item.anchor(), all));
        assertThat(item.bag().member()).isNotNull();
      }
      assertThat(take(windows, log.subList(10, 14))).as("from now on at once").hasSize(4);
    }
  }

  @Test
  void whoGoesOnWhereItWasCommittedReleasesTheSameBags() throws Exception {
    broker.produceImages(0, 0, 16);
    List<InputRecord> log = broker.read(0, 0, 16);
    List<String> whole;
    try (Windows windows = windows(100, TEN)) {
      windows.open(0, 0);
      whole = texts(take(windows, log));
    }
    assertThat(whole).hasSize(16);
    for (int committed : new int[] {1, 5, 9}) {
      try (Windows windows = windows(100, TEN)) {
        windows.open(0, committed);
        assertThat(texts(take(windows, log.subList(committed, 16))))
            .as("nothing was out at %d", committed)
            .isEqualTo(whole);
      }
    }
    broker.produceBag(0); // as the transaction of record 9 does
    for (int committed : new int[] {10, 13}) {
      try (Windows windows = windows(100, TEN)) {
        windows.open(0, committed);
        assertThat(texts(take(windows, log.subList(committed, 16))))
            .as("all before was out at %d", committed)
            .isEqualTo(whole.subList(committed, 16));
      }
    }
  }

  @Test
  void aReleaseThatTheBrokerInterruptsIsDoneAgainWithTheSameBags() throws Exception {
    broker.produceImages(0, 0, 10);
    List<InputRecord> log = broker.read(0, 0, 10);
    try (Windows whole = windows(100, TEN);
        Windows windows = windows(100, TEN)) {
      whole.open(0, 0);
      windows.open(0, 0);
      take(windows, log.subList(0, 9));
      List<Pushes.Bagged> some = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  windows.take(
                      log.get(9),
                      bagged -> {
                        some.add(bagged);
                        if (some.size() == 4) {
                          throw new TimeoutException("as a read of the log that ends early");
                        }
                      }))
          .isInstanceOf(TimeoutException.class);

      assertThat(texts(take(windows, log.subList(9, 10)))).isEqualTo(texts(take(whole, log)));
      long size = windows.look(look -> look.owned().get(0).size());
      assertThat(size).as("the record went in once").isEqualTo(10);
    }
  }

  @Test
  void onePartitionGivesWayWhereWindowsTogetherTakeTooMuchAndOneGoesOn() throws Exception {
    broker.produceImages(0, 0, 10);
    broker.produceImages(1, 0, 10);
    List<InputRecord> log = broker.read(0, 0, 10);
    List<InputRecord> other = broker.read(1, 0, 10);
    AtomicLong most = new AtomicLong(Long.MAX_VALUE);
    List<String> given = new ArrayList<>();
    Room room = new Room(bytes -> bytes > most.get(), (p, reason) -> given.add(p + ": " + reason));
    try (Windows windows = Windows.ofPartitions(broker.setup(100, NONE), room)) {
      windows.open(0, 0);
      take(windows, log.subList(0, 5));
      windows.open(1, 5);
      take(windows, other.subList(5, 6));
      assertThat(given).as("there is room").isEmpty();

      most.set(0); // what they take now is too much
      assertThatThrownBy(() -> take(windows, other.subList(6, 7)))
          .isInstanceOf(Room.GivenUpException.class);
      assertThat(given).hasSize(1).first().asString().startsWith("1: no memory for its window");
      windows.close(1); // as the stage does when the partition is lost
      assertThat(texts(take(windows, log.subList(5, 10)))).as("one goes on").hasSize(5);

      assertThatThrownBy(() -> windows.open(1, 5)).isInstanceOf(Room.GivenUpException.class);
      assertThat(given).as("nor is one rebuilt beside it").hasSize(2);
      int owned = windows.look(look -> look.owned().size());
      assertThat(owned).isEqualTo(1);
    }
  }

  @Test
  void whoAsksWhatIsNeededDoesNotWaitForWhoLooks() throws Exception {
    broker.produceImages(0, 0, 12);
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    try (Windows windows = windows(10, NONE)) {
      windows.open(0, 0);
      take(windows, broker.read(0, 0, 12));
      CompletableFuture<Boolean> look =
          CompletableFuture.supplyAsync(
              () ->
                  windows.look(
                      all -> {
                        looking.countDown();
                        try {
                          return looked.await(60, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                      }));
      looking.await();

      Map<Integer, Long> needed =
          CompletableFuture.supplyAsync(() -> windows.neededFrom(Map.of(0, 12L)))
              .get(20, TimeUnit.SECONDS);

      assertThat(needed).containsEntry(0, 2L);
      looked.countDown();
      assertThat(look.get()).isTrue();
      windows.close(0);
      assertThat(windows.neededFrom(Map.of(0, 12L))).isEmpty();
    }
  }

  @Test
  void aChangeOfMindLosesNothingAndRepeatsNothing() throws Exception {
    broker.produceImages(0, 0, 7);
    broker.produceImages(1, 0, 7);
    broker.produceBag(1); // five were trained at once
    try (Windows waited = windows(100, NONE);
        Windows trained = windows(100, TEN)) {
      waited.open(0, 5);
      assertThat(
              take(waited, broker.read(0, 5, 7)).stream().mapToInt(b -> b.anchors().size()).sum())
          .as("five had waited, and none has to any more")
          .isEqualTo(7);
      trained.open(1, 5);
      assertThat(texts(take(trained, broker.read(1, 5, 7)))).as("five are out already").hasSize(2);
    }
  }

  @Test
  void aPartitionThatHadMoreThanCanWaitIsNotTakenForOneThatWaits() throws Exception {
    broker.produceImages(0, 0, 8);
    try (Windows windows = windows(100, new Windows.Waiting(0, 5))) {
      windows.open(0, 7);
      assertThat(texts(take(windows, broker.read(0, 7, 8)))).hasSize(1);
    }
  }

  @Test
  void aKeyPushedAgainAndAgainDoesNotWaitForEver() throws Exception {
    for (int i = 0; i < 10; i++) {
      broker.produce(0, broker.image(0, i, i % 2 == 0 ? "even" : "odd"));
    }
    try (Windows windows = windows(100, TEN)) {
      windows.open(0, 0);
      assertThat(texts(take(windows, broker.read(0, 0, 10))))
          .hasSize(10)
          .allMatch(s -> s.startsWith("even [odd]") || s.startsWith("odd [even]"));
    }
  }

  @Test
  void bagsAreOfTheOwnPartition() throws Exception {
    broker.produceImages(0, 0, 10);
    broker.produceImages(1, 0, 10);
    try (Windows windows = windows(100, NONE)) {
      windows.open(0, 0);
      windows.open(1, 0);
      List<Pushes.Bagged> bagged = take(windows, broker.read(0, 0, 10));
      bagged.addAll(take(windows, broker.read(1, 0, 10)));
      for (Pushes.Bagged one : bagged) {
        String own = id(one.anchors().get(0).anchor()).substring(0, 2);
        assertThat(one.others()).isEmpty();
        assertThat(ids(one.anchors().get(0).bag())).allMatch(n -> n.startsWith(own));
      }
      for (Neighbour neighbour :
          windows.look(l -> l.owned().get(1).sample(1)).get(0).neighbours()) {
        assertThat(new String(neighbour.id(), StandardCharsets.UTF_8)).startsWith("p1");
      }
    }
  }

  private static Makers makers(OnOther onOther) {
    return new Makers(new Lineage(Map.of(Part.TEACHER_FILE, "a5")), onOther);
  }

  /** Six images, the third and fourth of another teacher, whose features have another length. */
  private void produceOfTwoTeachers() throws Exception {
    for (int i = 0; i < 6; i++) {
      boolean other = i == 2 || i == 3;
      float[] features = other ? new float[] {1} : null;
      broker.produceMadeBy(
          "teacher-file:" + (other ? "b6" : "a5"),
          0,
          features == null ? broker.image(0, i, "i" + i) : broker.image(0, i, "i" + i, features));
    }
  }

  @Test
  void aRecordOfAnotherTeacherIsRefusedBeforeAnythingChangesAndIsNoDeadLetter() throws Exception {
    produceOfTwoTeachers();
    try (Windows windows = Windows.ofPartitions(broker.setup(100, NONE, makers(OnOther.REFUSE)))) {
      windows.open(0, 0);
      take(windows, broker.read(0, 0, 2));

      assertThatThrownBy(() -> take(windows, broker.read(0, 2, 3)))
          .isInstanceOf(OtherMakerException.class)
          .hasMessageContaining("topic embeddings, partition 0, offset 2");
      long size = windows.look(look -> look.owned().get(0).size());
      assertThat(size).isEqualTo(2);
    }
  }

  @Test
  void anAcceptedOneGetsNoNeighboursAndIsNobodysNeighbourNowAndWhenTheLogIsReadAgain()
      throws Exception {
    produceOfTwoTeachers();
    List<String> bags;
    try (Windows windows = Windows.ofPartitions(broker.setup(100, NONE, makers(OnOther.ACCEPT)))) {
      windows.open(0, 0);
      bags = texts(take(windows, broker.read(0, 0, 6)));
    }
    assertThat(bags).hasSize(6);
    assertThat(bags.subList(2, 4)).containsExactly("i2 [] alone", "i3 [] alone");
    assertThat(bags.get(5)).doesNotContain("i2").doesNotContain("i3").contains("i4");
    broker.produceBag(0);

    try (Windows windows = Windows.ofPartitions(broker.setup(100, NONE, makers(OnOther.REFUSE)))) {
      windows.open(0, 5);
      assertThat(texts(take(windows, broker.read(0, 5, 6))))
          .as("the window is the same, whatever is accepted now")
          .containsExactly(bags.get(5));
    }
  }
}
