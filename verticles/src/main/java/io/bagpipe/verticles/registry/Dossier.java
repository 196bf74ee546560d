package io.bagpipe.verticles.registry;

import org.jspecify.annotations.Nullable;

/**
 * A student with what it is held against; null where that is not known.
 *
 * @param before the student in whose place it was promoted, or that serves while it does not
 */
public record Dossier(
    StudentRecord student,
    @Nullable StudentRecord untrained,
    @Nullable StudentRecord before,
    @Nullable StudentRecord teacher) {

  /** As a registry knows it. */
  public static Dossier of(Students all, StudentRecord one) {
    String replaced = one.decision().replaced();
    StudentRecord before = replaced == null ? null : all.find(replaced);
    StudentRecord serving = all.serving();
    if (before == null && serving != null && !serving.id().equals(one.id())) {
      before = serving;
    }
    return new Dossier(
        one, all.find(StudentRecord.UNTRAINED), before, all.find(StudentRecord.TEACHER));
  }

  /** Of one that no registry is known to know. */
  public static Dossier alone(StudentRecord one) {
    return new Dossier(one, null, null, null);
  }
}
