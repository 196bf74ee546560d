package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which service this process belongs to, and how strictly it takes what others of it did.
 *
 * @param name part of every consumer group and transactional id, so that two services on one
 *     cluster do not fence each other
 * @param onOtherMaker what to do with records that another configuration made
 * @param onOtherStudent what to do when the service's newest student was saved elsewhere
 */
public record ServiceConfig(String name, OnOther onOtherMaker, OnOther onOtherStudent) {
  /** What to do with what is not this process's own. */
  public enum OnOther {
    REFUSE,
    ACCEPT
  }

  /** Whose groups, ids and keys are those of the versions that knew no names. */
  public static final String STANDARD = "bagpipe";

  /**
   * With a stage's name inside, name and instance.id of two services could be put together to the
   * same transactional id.
   */
  private static final Pattern STAGE_INSIDE =
      Pattern.compile(".*-(augment|teacher|bags|student)(-.*)?");

  static final Key<String> NAME =
      new Key<>(
          "service.name",
          text(
              "a name (letters, digits, '.', '_', '-'; at most 64) without -augment, -teacher,"
                  + " -bags or -student in it",
              s -> s.matches("[A-Za-z0-9._-]{1,64}") && !STAGE_INSIDE.matcher(s).matches()),
          STANDARD,
          "Name of the service that this process is part of: every consumer group and transactional"
              + " id begins with it. Two services on one cluster need two names, and inner topics of"
              + " their own (topics.views, topics.embeddings, topics.bags).");
  static final Key<OnOther> ON_OTHER_MAKER =
      new Key<>(
          "service.on-other-maker",
          choice(OnOther.class),
          "refuse",
          "When a record of an inner topic was made with another teacher file, views.* or bags.*"
              + " than this process has: refuse, which stops it and loses nothing, or accept, for one"
              + " start: it is used, but stays out of the window where its features are another"
              + " teacher's.");
  static final Key<OnOther> ON_OTHER_STUDENT =
      new Key<>(
          "service.on-other-student",
          choice(OnOther.class),
          "refuse",
          "When the service's newest student was saved by a process whose checkpoints this one does"
              + " not have: refuse, or accept, for one start: it goes on with the checkpoint it has,"
              + " or begins a new student.");

  static final List<Key<?>> KEYS = List.of(NAME, ON_OTHER_MAKER, ON_OTHER_STUDENT);

  static ServiceConfig from(Values v) {
    return new ServiceConfig(v.get(NAME), v.get(ON_OTHER_MAKER), v.get(ON_OTHER_STUDENT));
  }
}
