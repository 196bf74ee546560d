package io.bagpipe.verticles.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.registry.PromotionRule.Mode;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is killed when: exactly one student serves, and its file is there. */
class RegistryCrashTest {
  private static final StudentsTopic TOPIC = new StudentsTopic("students", "service");
  private static final int KEEP = 1;

  @TempDir Path directory;

  /** What outlives a process: the log, and the disk. */
  private final List<ProducerRecord<byte[], byte[]>> log = new ArrayList<>();

  private Path checkpoints;

  /** The process was killed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Counts what a process does that outlives it, and is killed at one of these. */
  private static final class Life {
    private int left;

    Life(int left) {
      this.left = left;
    }

    void step() {
      if (left-- == 0) {
        throw new Killed();
      }
    }
  }

  /** A process that holds the lease. */
  private final class Worker {
    private final Life life;
    private final Registry registry;
    private boolean fenced;

    Worker(Life life) throws IOException {
      this.life = life;
      registry =
          new Registry(
              TOPIC,
              new StudentFiles(checkpoints) {
                @Override
                String keep(Path checkpoint, String id) throws IOException {
                  life.step();
                  String name = super.keep(checkpoint, id);
                  life.step();
                  return name;
                }

                @Override
                void drop(Set<String> ids) throws IOException {
                  for (String id : ids) {
                    life.step();
                    super.drop(Set.of(id));
                  }
                  life.step();
                }
              },
              new Registry.Policy(new PromotionRule(Mode.BETTER, 0.01, 0.002, 2), true, KEEP),
              this::write,
              read(log),
              Runnable::run);
      registry.open();
    }

    private Future<Void> write(List<ProducerRecord<byte[], byte[]>> records) {
      if (fenced) {
        return Promise.<Void>promise().future(); // refused; this process hears so later
      }
      life.step();
      log.addAll(records); // a transaction: all or none
      life.step();
      return Future.succeededFuture();
    }

    void save(long anchors) throws IOException {
      Path file = checkpoints.resolve("checkpoint-" + anchors);
      StudentRecord student = Records.candidate(anchors);
      Files.writeString(file, student.id());
      registry.saved(student, file);
      Files.delete(file); // as the rotation does
    }

    void evaluate(long anchors, double knn) {
      registry.evaluated(Records.candidate(anchors).id(), Records.scores(knn, 20), 5_000);
    }
  }

  private static Students read(List<ProducerRecord<byte[], byte[]>> records) {
    StudentsTopic.Fold fold = TOPIC.fold();
    long offset = 0;
    for (ProducerRecord<byte[], byte[]> r : records) {
      fold.take(new InputRecord("students", 0, offset++, r.key(), r.value(), Map.of(), 0));
    }
    return fold.students();
  }

  private static List<ProducerRecord<byte[], byte[]>> compacted(
      List<ProducerRecord<byte[], byte[]>> records) {
    Map<ByteBuffer, ProducerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      last.remove(ByteBuffer.wrap(record.key()));
      last.put(ByteBuffer.wrap(record.key()), record);
    }
    return new ArrayList<>(last.values());
  }

  /** One life's work, some of which is done already when it begins. */
  private static void work(Worker process) throws Exception {
    for (int i = 1; i <= 6; i++) {
      double knn = new double[] {0, 0.5, 0.6, 0.3, 0.7, 0.65, 0.8}[i];
      process.save(100L * i);
      process.evaluate(100L * i, knn);
      if (i == 5) {
        process.registry.rollBack("no good", 6_000);
      }
    }
    process.registry.promote("600", "try it", false, 7_000);
  }

  private void assertWell(String when) {
    for (int records = 1; records <= log.size(); records++) {
      // whatever of a transaction a reader has seen, and whatever compaction has left
      assertThat(serving(read(log.subList(0, records)))).as(when).hasSize(1);
      assertThat(read(compacted(log.subList(0, records))).all())
          .as(when)
          .isEqualTo(read(log.subList(0, records)).all());
    }
    Students now = read(log);
    for (StudentRecord one : now.all()) {
      String file = one.artefact().file();
      if (file != null) {
        assertThat(checkpoints.resolve(file)).as(when + ": " + one).hasContent(one.id());
      }
    }
    StudentRecord serving = now.serving();
    if (serving != null) {
      assertThat(serving.hasFile()).as(when).isTrue();
    }
  }

  private static List<StudentRecord> serving(Students students) {
    return students.all().stream().filter(one -> one.stage() == Stage.SERVING).toList();
  }

  @Test
  void whereverItIsKilledOneServesAndItsFileIsThere() throws Exception {
    String unbroken = null;
    int kills = 0;
    for (int at = 0; ; at++) {
      log.clear();
      checkpoints = Files.createDirectory(directory.resolve("killed at " + at));
      Life life = new Life(at);
      @Nullable Killed killed = null;
      try {
        work(new Worker(life));
      } catch (Killed e) {
        killed = e;
      }
      assertWell("killed at " + at);
      if (killed == null) {
        unbroken = serving(read(log)).get(0).id();
        break;
      }
      kills++;
      work(new Worker(new Life(Integer.MAX_VALUE)));
      assertWell("killed at " + at + " and gone on");
      assertThat(serving(read(log)).get(0).id()).isEqualTo(Records.candidate(600).id());
    }
    assertThat(kills).isGreaterThan(35);
    assertThat(unbroken).isEqualTo(Records.candidate(600).id());
  }

  @Test
  void aProcessThatWasFencedTouchesNothingOfItsSuccessors() throws Exception {
    checkpoints = Files.createDirectory(directory.resolve("fenced"));
    Worker former = new Worker(new Life(Integer.MAX_VALUE));
    former.save(100);
    former.evaluate(100, 0.5);
    Worker next = new Worker(new Life(Integer.MAX_VALUE));
    former.fenced = true;
    next.save(200);
    next.evaluate(200, 0.6);

    former.save(300);
    former.evaluate(300, 0.9);
    former.registry.promote("300", "too late", false, 1);

    assertWell("fenced");
    assertThat(serving(read(log)).get(0).id()).isEqualTo(Records.candidate(200).id());
    assertThat(former.registry.students().serving())
        .as("it says what the log had, and not what it wished")
        .isEqualTo(read(log.subList(0, 3)).serving());
    new Worker(new Life(Integer.MAX_VALUE)); // lets go of what the fenced one left
    try (var files = Files.list(checkpoints.resolve("students"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .allMatch(name -> name.startsWith("100-") || name.startsWith("200-"));
    }
  }

  @Test
  void aFileThatIsGoneIsSaidAndItsStudentDoesNotStandInTheWay() throws Exception {
    checkpoints = Files.createDirectory(directory.resolve("gone"));
    Worker process = new Worker(new Life(Integer.MAX_VALUE));
    process.save(100);
    process.evaluate(100, 0.9);
    Files.delete(checkpoints.resolve(StudentFiles.nameOf(Records.candidate(100).id())));

    Worker again = new Worker(new Life(Integer.MAX_VALUE));
    assertThat(again.registry.students().serving().hasFile()).isFalse();
    again.save(200);

    assertWell("gone");
    assertThat(serving(read(log)).get(0).id()).isEqualTo(Records.candidate(200).id());
  }

  @Test
  void aLogInWhichNobodyServesDeletesNothing() throws Exception {
    checkpoints = Files.createDirectory(directory.resolve("another topic"));
    new Worker(new Life(Integer.MAX_VALUE)).save(100);
    List<ProducerRecord<byte[], byte[]>> right = List.copyOf(log);
    log.clear();
    new Worker(new Life(Integer.MAX_VALUE));
    log.addAll(right);

    Worker again = new Worker(new Life(Integer.MAX_VALUE));

    assertWell("the right topic again");
    assertThat(again.registry.students().serving().hasFile()).isTrue();
  }

  @Test
  void whatCannotBeAskedIsOneLineAndChangesNothing() throws Exception {
    checkpoints = Files.createDirectory(directory.resolve("asked"));
    Worker process = new Worker(new Life(Integer.MAX_VALUE));
    Registry registry = process.registry;
    assertThatThrownBy(() -> registry.rollBack("", 1)).hasMessageContaining("nobody serves yet");
    process.save(100);
    process.evaluate(100, 0.5);
    assertThatThrownBy(() -> registry.rollBack("", 1))
        .hasMessageContaining("took the place of none");
    for (int i = 2; i <= 5; i++) {
      process.save(100L * i);
      process.evaluate(100L * i, 0.5 + 0.1 * i);
    }
    int before = log.size();
    assertThatThrownBy(() -> registry.promote("7", "", false, 1))
        .hasMessageContaining("no student 7");
    assertThatThrownBy(() -> registry.promote("", "", false, 1))
        .isInstanceOf(RegistryException.class);
    assertThatThrownBy(() -> registry.promote("100", "", false, 1))
        .hasMessageContaining("its files were let go of");
    assertThat(log).hasSize(before);
  }

  @Test
  void rollingBackHoldsAndPromotingTheServingOneReleases() throws Exception {
    checkpoints = Files.createDirectory(directory.resolve("held"));
    Worker process = new Worker(new Life(Integer.MAX_VALUE));
    process.save(100);
    process.evaluate(100, 0.5);
    process.save(200);
    process.evaluate(200, 0.6);
    process.registry.rollBack("dark images", 1);
    process.save(300);
    process.evaluate(300, 0.9);
    assertThat(serving(read(log)).get(0).anchors()).isEqualTo(100);
    assertThat(read(log).find(Records.candidate(300).id()).decision().reason())
        .startsWith("A person holds 100-");
    assertThat(read(log).find(Records.candidate(200).id()).decision().reason())
        .isEqualTo("Rolled back: dark images");

    process.registry.promote("100", "go on", false, 2);
    process.save(400);
    process.evaluate(400, 0.8);

    assertThat(serving(read(log)).get(0).anchors()).isEqualTo(400);
  }
}
