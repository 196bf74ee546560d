package io.bagpipe.verticles.registry;

import io.bagpipe.verticles.registry.StudentRecord.Artefact;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import io.bagpipe.verticles.registry.Students.Change;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry of a run, for the one process that may write it: who holds the student's lease. The
 * log decides. A step is made in an order that leaves it true wherever the process is killed:
 *
 * <ol>
 *   <li>The student's file is put where the rotation of checkpoints does not reach it. Killed here:
 *       a file that the log does not name, which the next start lets go of.
 *   <li>The step's records are written, all in one transaction that is refused once another process
 *       has the lease. Killed here: all are in the log or none is.
 *   <li>When the log has them, files that it names no more go. Killed here: as in 1.
 * </ol>
 *
 * Methods may be called from any thread; they block for the disk, and do not wait for Kafka.
 */
public final class Registry {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  /** Where steps are written. */
  @FunctionalInterface
  public interface Log {
    /** Writes all or none; completes when they are there for good. */
    Future<Void> write(List<ProducerRecord<byte[], byte[]>> records);
  }

  /**
   * How the registry behaves.
   *
   * @param rule who is promoted
   * @param judged whether students are evaluated here at all
   * @param keep students whose files are kept beside the serving one's and the one's before it
   */
  public record Policy(PromotionRule rule, boolean judged, int keep) {}

  private final StudentsTopic topic;
  private final StudentFiles files;
  private final Policy policy;
  private final Log log;
  private final Executor later;

  /** As of all that was handed to the log. */
  private Students current;

  /** As the log has it. */
  private volatile Students written;

  /**
   * @param written the state that the log has, read under the lease
   * @param later runs what waits for the disk, off the log's thread
   */
  public Registry(
      StudentsTopic topic,
      StudentFiles files,
      Policy policy,
      Log log,
      Students written,
      Executor later) {
    this.topic = topic;
    this.files = files;
    this.policy = policy;
    this.log = log;
    this.later = later;
    this.current = written;
    this.written = written;
  }

  /**
   * Puts the disk in order after a start: files that the log does not name go, and what it names
   * and is not there is said, and known to be gone. By a log in which nobody serves none goes: it
   * may be another than the files are of.
   */
  public synchronized void open() throws IOException {
    for (StudentRecord one : current.all()) {
      String file = one.artefact().file();
      if (file != null && !Files.exists(files.resolve(file))) {
        LOG.warn(
            "student {} is {} and its file is not there: {}",
            one.id(),
            one.stage().id(),
            files.resolve(file));
        write(current.missing(one.id()));
      }
    }
    int unknown = current.serving() == null ? files.count() : 0;
    if (unknown == 0) {
      files.retain(current.withFiles());
    } else {
      LOG.warn(
          "nobody serves by the topic {}, and {} students' files are in {}: they are not deleted at"
              + " this start, but at the next one after a student was saved. If topics.students names"
              + " another topic, or it was made anew, stop and move them away",
          topic.topic(),
          unknown,
          files.resolve("students"));
    }
  }

  /** What the log has; never a step that may yet be refused. */
  public Students students() {
    return written;
  }

  /** Where a student's file is; null when there is none. */
  public @Nullable Path fileOf(@Nullable StudentRecord one) {
    String file = one == null ? null : one.artefact().file();
    return file == null ? null : files.resolve(file);
  }

  /** A step that was handed to the log, and its end. */
  public record Step(Change change, Future<Void> written) {}

  /**
   * A student was saved: it is a candidate, and promoted if the rule says so.
   *
   * @param checkpoint whole, on the disk
   */
  public synchronized Step saved(StudentRecord student, Path checkpoint) throws IOException {
    String name = files.keep(checkpoint, student.id());
    Artefact kept =
        new Artefact(student.artefact().sha256(), name, Files.size(files.resolve(name)));
    return write(
        current.registered(student.with(kept), policy.rule(), policy.judged(), policy.keep()));
  }

  /**
   * A student was evaluated: the rule judges it again.
   *
   * @param at epoch milliseconds
   * @return null when it is none that is known, as one that was not saved
   */
  public synchronized @Nullable Step evaluated(String id, Scores scores, long at) {
    StudentRecord known = current.find(id);
    if (known == null || known.stage() == Stage.REFERENCE) {
      return null;
    }
    StudentRecord measured = known.with(scores);
    StudentRecord judged =
        known.stage() == Stage.CANDIDATE
            ? measured.in(Stage.CANDIDATE, known.decision().because("", Decision.RULE, at))
            : measured;
    return write(current.registered(judged, policy.rule(), policy.judged(), policy.keep()));
  }

  /** What others are held against is known. */
  public synchronized Step reference(StudentRecord reference) {
    return write(current.reference(reference));
  }

  /**
   * A person promotes a student.
   *
   * @param id its id, or as much of its beginning as no other has
   * @throws RegistryException when it cannot be
   */
  public synchronized Step promote(String id, String why, boolean hold, long at)
      throws RegistryException {
    return write(current.promoted(current.idOf(id), why, hold, at));
  }

  /**
   * A person takes the serving student back.
   *
   * @throws RegistryException when nothing was before it, or its files are not there
   */
  public synchronized Step rollBack(String why, long at) throws RegistryException {
    return write(current.rolledBack(why, at));
  }

  private Step write(Change change) {
    List<ProducerRecord<byte[], byte[]>> records = topic.records(change);
    current = change.next();
    if (records.isEmpty()) {
      return new Step(change, Future.succeededFuture());
    }
    describe(change);
    Set<String> released = change.before().withFiles();
    released.removeAll(change.next().withFiles());
    Future<Void> done =
        log.write(records)
            .onSuccess(
                there -> {
                  written = change.next();
                  if (!released.isEmpty()) {
                    later.execute(() -> drop(released));
                  }
                });
    return new Step(change, done);
  }

  /**
   * Only what this process has let go of: one that was stopped here, and wakes when another has the
   * lease, touches none of that one's files.
   */
  private synchronized void drop(Set<String> released) {
    released.removeAll(current.withFiles()); // the same weights were saved again
    try {
      files.drop(released);
    } catch (IOException e) {
      LOG.warn("files of students were not let go of: {}", e.toString());
    }
  }

  private void describe(Change change) {
    boolean all = change.subject().stage() == Stage.REFERENCE;
    for (StudentRecord one : all ? change.next().all() : change.written()) {
      if (one.hasFile()) {
        try {
          files.describe(one.id(), StudentJson.FILE.text(Dossier.of(change.next(), one)));
        } catch (IOException e) {
          LOG.warn("student {} is not described beside its file: {}", one.id(), e.toString());
        }
      }
    }
  }
}
