package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names and shape of the topics. All names differ. */
public record TopicsConfig(
    String images,
    String dlq,
    String views,
    String embeddings,
    String bags,
    String students,
    String memory,
    String drift,
    int partitions,
    int replication,
    OnGap onGap,
    OnRetention onRetention) {
  /** What to do about inner topics of which Kafka deletes by age or size. */
  public enum OnRetention {
    STOP,
    ACCEPT
  }

  /** What to do where a place in a topic is gone. */
  public enum OnGap {
    STOP,
    EARLIEST
  }

  static final Key<String> IMAGES =
      name("images", "images", "What producers write: key = image id, value = encoded file.");
  static final Key<String> DLQ =
      name("dlq", "images.dlq", "Images that could not be used, unchanged, with headers why.");
  static final Key<String> VIEWS = name("views", "views", "From augmentation to the teacher.");
  static final Key<String> EMBEDDINGS =
      name("embeddings", "embeddings", "From the teacher to the bag index.");
  static final Key<String> BAGS = name("bags", "bags", "From the bag index to the student.");
  static final Key<String> STUDENTS =
      name("students", "students", "Announces every new student; compacted.");
  static final Key<String> MEMORY =
      name("memory", "memory", "Earlier images that the bag index remembers; compacted.");
  static final Key<String> DRIFT =
      name("drift", "drift", "What the bag index knows of the stream's changes; compacted.");
  static final Key<Integer> PARTITIONS =
      new Key<>(
          "topics.partitions",
          integer(1, 1024),
          "1",
          "Partitions of topics that have to be created. One keeps a run reproducible bit by bit.");
  static final Key<Integer> REPLICATION =
      new Key<>(
          "topics.replication",
          integer(1, 16),
          "1",
          "Replication factor of topics that have to be created; 3 on a real cluster.");
  static final Key<OnGap> ON_GAP =
      new Key<>(
          "topics.on-gap",
          choice(OnGap.class),
          "stop",
          "When the place to go on from is gone (records deleted, offsets expired, a topic made"
              + " anew): stop and say so, or go on at the earliest record, for one start: images may"
              + " then be skipped, or trained twice.");

  static final Key<OnRetention> ON_RETENTION =
      new Key<>(
          "topics.on-retention",
          choice(OnRetention.class),
          "stop",
          "When Kafka would delete of an inner topic by age or size (retention.ms, retention.bytes), as"
              + " of one that somebody else created: stop and say so, or accept it: images that wait"
              + " long are then lost, and a window that is rebuilt is shorter.");

  static final List<Key<?>> KEYS =
      List.of(
          IMAGES,
          DLQ,
          VIEWS,
          EMBEDDINGS,
          BAGS,
          STUDENTS,
          MEMORY,
          DRIFT,
          PARTITIONS,
          REPLICATION,
          ON_GAP,
          ON_RETENTION);

  public TopicsConfig {
    Set<String> seen = new HashSet<>();
    for (String name : List.of(images, dlq, views, embeddings, bags, students, memory, drift)) {
      if (!seen.add(name)) {
        throw new ConfigException(
            "topics: \"" + name + "\" is named twice; expected eight different topic names");
      }
    }
  }

  static TopicsConfig from(Values v) {
    return new TopicsConfig(
        v.get(IMAGES),
        v.get(DLQ),
        v.get(VIEWS),
        v.get(EMBEDDINGS),
        v.get(BAGS),
        v.get(STUDENTS),
        v.get(MEMORY),
        v.get(DRIFT),
        v.get(PARTITIONS),
        v.get(REPLICATION),
        v.get(ON_GAP),
        v.get(ON_RETENTION));
  }

  private static Key<String> name(String key, String standard, String words) {
    return new Key<>(
        "topics." + key,
        text(
            "a topic name (letters, digits, '.', '_', '-'; at most 249)",
            s -> s.matches("[A-Za-z0-9._-]{1,249}") && !s.matches("\\.{1,2}")),
        standard,
        words);
  }
}
