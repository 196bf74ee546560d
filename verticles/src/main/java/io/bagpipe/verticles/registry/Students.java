package io.bagpipe.verticles.registry;

import io.bagpipe.verticles.registry.PromotionRule.Verdict;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All students of a run that are known, and what may become of them: a state machine whose every
 * step is a function of the state before. As soon as there is any student, exactly one serves.
 * Immutable; {@link Change} says what a step writes.
 *
 * <pre>
 *   registered ──▶ candidate ──▶ serving ──▶ retired ──▶ (forgotten)
 *                      └────────────────────▶ │ ▲ └──▶ serving, by a person
 * </pre>
 */
public final class Students {
  /** Records without files that are remembered, newest first. */
  static final int MOST_RECORDS = 100;

  /** Nobody. */
  public static final Students NONE = new Students(Map.of(), null);

  private static final Comparator<StudentRecord> NEWEST_FIRST =
      Comparator.comparingLong(StudentRecord::anchors)
          .thenComparing(StudentRecord::savedAt)
          .thenComparing(StudentRecord::id)
          .reversed();

  private final Map<String, StudentRecord> byId;
  private final @Nullable String serving;

  private Students(Map<String, StudentRecord> byId, @Nullable String serving) {
    this.byId = new TreeMap<>(byId);
    this.serving = serving;
  }

  /**
   * A step.
   *
   * @param next the state after it
   * @param subject the student that it is about, as it is after it
   */
  public record Change(Students before, Students next, StudentRecord subject) {
    /** Whether another student serves than before. */
    public boolean promoted() {
      return subject.id().equals(next.serving) && !subject.id().equals(before.serving);
    }

    /** Records that are new or not as they were, the serving one first. */
    public List<StudentRecord> written() {
      return next.all().stream().filter(one -> !one.equals(before.byId.get(one.id()))).toList();
    }

    /** Ids that are not known any more. */
    public List<String> forgotten() {
      return before.byId.keySet().stream().filter(id -> !next.byId.containsKey(id)).toList();
    }
  }

  /**
   * The state that records make.
   *
   * @param serving the one that serves; null: nobody does
   * @param others all others; whatever stage they say, none of them serves
   */
  static Students of(@Nullable StudentRecord serving, Collection<StudentRecord> others) {
    Map<String, StudentRecord> all = new LinkedHashMap<>();
    for (StudentRecord other : others) {
      Stage stage = other.stage() == Stage.SERVING ? Stage.RETIRED : other.stage();
      all.put(other.id(), other.in(stage, other.decision()));
    }
    if (serving != null) {
      all.put(serving.id(), serving.in(Stage.SERVING, serving.decision()));
    }
    return new Students(all, serving == null ? null : serving.id());
  }

  /** The student that serves; null as long as there is none at all. */
  public @Nullable StudentRecord serving() {
    return serving == null ? null : byId.get(serving);
  }

  /** A student by its id; null: not known. */
  public @Nullable StudentRecord find(String id) {
    return byId.get(id);
  }

  /** All: the serving one, then the others, newest first, then what they are held against. */
  public List<StudentRecord> all() {
    List<StudentRecord> all = new ArrayList<>(byId.values());
    all.sort(
        Comparator.comparing((StudentRecord one) -> one.stage() != Stage.SERVING)
            .thenComparing(one -> one.stage() == Stage.REFERENCE)
            .thenComparing(NEWEST_FIRST));
    return all;
  }

  /** Ids of those whose files are kept. */
  Set<String> withFiles() {
    Set<String> ids = new HashSet<>();
    byId.values().stream().filter(StudentRecord::hasFile).forEach(one -> ids.add(one.id()));
    return ids;
  }

  /**
   * A student was saved or evaluated: it is known from now on, and promoted if the rule says so.
   *
   * @param student as a candidate
   * @param judged whether students are evaluated here at all
   * @param keep files beside those of the serving student and the one before it
   */
  Change registered(StudentRecord student, PromotionRule rule, boolean judged, int keep) {
    StudentRecord known = byId.get(student.id());
    if (known != null && known.stage() != Stage.CANDIDATE) {
      // the same weights again: what was decided of them stands, what is known of them may grow
      StudentRecord grown = student.scores().isEvaluated() ? known.with(student.scores()) : known;
      return change(grown.with(student.artefact()), serving).trimmed(judged, keep);
    }
    StudentRecord candidate =
        known != null && !student.scores().isEvaluated() ? student.with(known.scores()) : student;
    Verdict verdict = rule.judge(candidate, serving(), judged);
    Decision why = candidate.decision().because(verdict.reason(), Decision.RULE, now(candidate));
    return (verdict.promoted()
            ? promote(candidate, why, false)
            : change(candidate.in(Stage.CANDIDATE, why), serving))
        .trimmed(judged, keep);
  }

  private static long now(StudentRecord candidate) {
    return candidate.decision().at();
  }

  /** What others are held against is known. */
  Change reference(StudentRecord reference) {
    return change(reference.in(Stage.REFERENCE, reference.decision()), serving).asIs();
  }

  /**
   * A person promotes a student; the one that serves already is let free, or held.
   *
   * @param why who says so and why
   * @param hold whether the rule may promote nobody in its place
   * @throws RegistryException when it cannot be
   */
  Change promoted(String id, String why, boolean hold, long at) throws RegistryException {
    StudentRecord wanted = required(id);
    if (wanted.stage() == Stage.REFERENCE || !wanted.hasFile()) {
      throw new RegistryException(
          "student %s cannot be promoted: %s"
              .formatted(
                  id,
                  wanted.stage() == Stage.REFERENCE
                      ? "others are held against it, it is none to deploy"
                      : "its files were let go of (promote.keep)"));
    }
    return promote(
            wanted,
            new Decision(why, Decision.PERSON, at, wanted.decision().replaced(), false),
            hold)
        .asIs();
  }

  /**
   * A person takes the serving student back: the one whose place it took serves again, and is held.
   *
   * @throws RegistryException when there is none, or its files are not there
   */
  Change rolledBack(String why, long at) throws RegistryException {
    StudentRecord now = serving();
    if (now == null) {
      throw new RegistryException("nobody serves yet: there is nothing to roll back");
    }
    String before = now.decision().replaced();
    StudentRecord target = before == null ? null : byId.get(before);
    if (target == null || !target.hasFile()) {
      throw new RegistryException(
          "student %s took the place of %s: promote another by hand, see bagpipe students list"
              .formatted(
                  now.id(),
                  before == null
                      ? "none"
                      : before + ", whose files were let go of (promote.keep)"));
    }
    Decision again = new Decision(why, Decision.PERSON, at, target.decision().replaced(), true);
    StudentRecord back = target.in(Stage.SERVING, again);
    Decision gone = now.decision().because("Rolled back: " + why, Decision.PERSON, at);
    return both(back, now.in(Stage.RETIRED, gone)).asIs();
  }

  /** A student's file is not there. */
  Change missing(String id) {
    StudentRecord one = byId.get(id);
    if (one == null) {
      throw new IllegalArgumentException("no student " + id);
    }
    return change(one.letGo(), serving).asIs();
  }

  /**
   * The one student whose id begins so; a whole id is always its own.
   *
   * @throws RegistryException when there is none, or more than one
   */
  public String idOf(String beginning) throws RegistryException {
    if (byId.containsKey(beginning)) {
      return beginning;
    }
    List<String> found =
        byId.keySet().stream().filter(id -> id.startsWith(beginning)).limit(5).toList();
    List<String> whole = found.stream().filter(id -> id.startsWith(beginning + "-")).toList();
    List<String> ids = whole.isEmpty() ? found : whole;
    if (ids.size() != 1 || beginning.isEmpty()) {
      throw new RegistryException(
          ids.isEmpty()
              ? "there is no student " + beginning + "; see bagpipe students list"
              : "\"" + beginning + "\" is the beginning of several: " + String.join(", ", ids));
    }
    return ids.get(0);
  }

  private StudentRecord required(String id) throws RegistryException {
    StudentRecord found = byId.get(id);
    if (found == null) {
      throw new RegistryException("there is no student " + id + "; see bagpipe students list");
    }
    return found;
  }

  private Pending promote(StudentRecord one, Decision why, boolean hold) {
    StudentRecord now = serving();
    if (now == null || now.id().equals(one.id())) {
      Decision alone = new Decision(why.reason(), why.by(), why.at(), why.replaced(), hold);
      return change(one.in(Stage.SERVING, alone), one.id());
    }
    Decision took = new Decision(why.reason(), why.by(), why.at(), now.id(), hold);
    Decision gone = now.decision().because(one.id() + " took its place.", why.by(), why.at());
    return both(one.in(Stage.SERVING, took), now.in(Stage.RETIRED, gone));
  }

  private Pending both(StudentRecord in, StudentRecord out) {
    Map<String, StudentRecord> all = new TreeMap<>(byId);
    all.put(out.id(), out);
    all.put(in.id(), in);
    return new Pending(this, new Students(all, in.id()), in.id());
  }

  private Pending change(StudentRecord one, @Nullable String servingThen) {
    Map<String, StudentRecord> all = new TreeMap<>(byId);
    all.put(one.id(), one);
    return new Pending(this, new Students(all, servingThen), one.id());
  }

  /** A step before what is too much was let go of. */
  private record Pending(Students before, Students next, String subject) {
    Change asIs() {
      return new Change(before, next, Objects.requireNonNull(next.byId.get(subject)));
    }

    Change trimmed(boolean judged, int keep) {
      Students after = next.trim(subject, judged, keep);
      return new Change(before, after, Objects.requireNonNull(after.byId.get(subject)));
    }
  }

  /**
   * Lets go of files and records beyond what is kept. Those of the serving student and of the one
   * before it never go, nor does the newest.
   */
  private Students trim(String newest, boolean judged, int keep) {
    StudentRecord now = serving();
    String before = now == null ? null : now.decision().replaced();
    Map<String, StudentRecord> all = new TreeMap<>(byId);
    int files = 0;
    int records = 0;
    for (StudentRecord one : all()) {
      if (one.stage() == Stage.REFERENCE
          || one.id().equals(serving)
          || one.id().equals(before)
          || one.id().equals(newest)) {
        continue;
      }
      boolean unseen = judged && !one.scores().isEvaluated() && one.stage() == Stage.CANDIDATE;
      if (unseen) {
        all.remove(one.id()); // a newer one was saved before anybody had looked at it
      } else if (++records > MOST_RECORDS) {
        all.remove(one.id());
      } else if (one.hasFile() && ++files > keep) {
        Decision why = one.decision();
        String gone = why.reason() + " Its files were let go of: promote.keep is " + keep + ".";
        all.put(one.id(), one.letGo().in(Stage.RETIRED, why.because(gone, why.by(), why.at())));
      }
    }
    return new Students(all, serving);
  }
}
