package io.bagpipe.verticles.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/**
 * What an audit found. Offsets are written {@code partition-offset}.
 *
 * @param images records of {@code images} with a value, still in the log
 * @param trained of them, in the newest checkpoint's ledger
 * @param deadLetters of them, in {@code images.dlq}
 * @param waiting behind the last trained one: on their way, or in a batch that is not full
 * @param lost before the last trained one and neither trained nor dead-lettered
 * @param repeated trained more than once, or trained and dead-lettered
 * @param foreign trained, but no such image is in the log
 * @param batch anchors of a training step: fewer than this may wait for more to come
 */
public record AuditResult(
    @JsonProperty("clean") boolean clean,
    @JsonProperty("images") long images,
    @JsonProperty("trained") long trained,
    @JsonProperty("dead_letters") long deadLetters,
    @JsonProperty("waiting") long waiting,
    @JsonProperty("lost") List<String> lost,
    @JsonProperty("repeated") List<String> repeated,
    @JsonProperty("foreign") List<String> foreign,
    @JsonProperty("batch") int batch,
    @JsonProperty("checkpoint") String checkpoint) {
  private static final int NAMED = 20;

  /** One line for people. */
  public String sentence() {
    String counts =
        String.format(
            Locale.ROOT,
            "%,d images: %,d trained once, %,d dead-lettered, %,d waiting",
            images,
            trained,
            deadLetters,
            waiting);
    if (clean) {
      return "clean: " + counts;
    }
    StringBuilder line = new StringBuilder("NOT clean: ").append(counts);
    name(line, "lost", lost);
    name(line, "trained twice", repeated);
    name(line, "trained but not in the log", foreign);
    if (waiting >= batch) {
      line.append("; more wait than a batch of ").append(batch).append(", training is not done");
    }
    return line.toString();
  }

  private static void name(StringBuilder line, String what, List<String> which) {
    if (!which.isEmpty()) {
      line.append("; ").append(which.size()).append(' ').append(what).append(": ");
      line.append(String.join(" ", which.subList(0, Math.min(NAMED, which.size()))));
      line.append(which.size() > NAMED ? " ..." : "");
    }
  }
}
