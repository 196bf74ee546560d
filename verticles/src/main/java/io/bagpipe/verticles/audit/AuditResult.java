package io.bagpipe.verticles.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/**
 * What an audit found. Offsets are written {@code partition-offset}, ranges of them {@code
 * topic-partition@first-last}, both included, or {@code topic-partition@offset} of one.
 *
 * @param images records of {@code images} with a value, still in the log
 * @param trained of them, in the newest checkpoint's ledger
 * @param heldOut of them, in that ledger and held out by their keys: met and never trained
 * @param deadLetters of them, in {@code images.dlq}
 * @param waiting behind the last trained one: on their way, or in a batch that is not full
 * @param waitingRanges which those are; no image within a range does not wait
 * @param lost before the last trained one and neither trained nor dead-lettered
 * @param repeated trained more than once, or trained and dead-lettered
 * @param foreign trained, but no such image is in the log
 * @param batch anchors of a training step: fewer than this may wait for more to come
 */
public record AuditResult(
    @JsonProperty("clean") boolean clean,
    @JsonProperty("images") long images,
    @JsonProperty("trained") long trained,
    @JsonProperty("held_out") long heldOut,
    @JsonProperty("dead_letters") long deadLetters,
    @JsonProperty("waiting") long waiting,
    @JsonProperty("waiting_ranges") List<String> waitingRanges,
    @JsonProperty("lost") List<String> lost,
    @JsonProperty("repeated") List<String> repeated,
    @JsonProperty("foreign") List<String> foreign,
    @JsonProperty("batch") int batch,
    @JsonProperty("checkpoint") String checkpoint) {
  private static final int NAMED = 20;
  private static final int RANGES_NAMED = 5;

  /** One line for people. */
  public String sentence() {
    String counts =
        String.format(
            Locale.ROOT,
            "%,d images: %,d trained once, %s%,d dead-lettered, %,d waiting",
            images,
            trained,
            heldOut == 0 ? "" : String.format(Locale.ROOT, "%,d held out, ", heldOut),
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
      line.append("; training is not done, a batch is ").append(batch).append(": waiting ");
      line.append(first(RANGES_NAMED, waitingRanges));
    }
    return line.toString();
  }

  private static void name(StringBuilder line, String what, List<String> which) {
    if (!which.isEmpty()) {
      line.append("; ").append(which.size()).append(' ').append(what).append(": ");
      line.append(first(NAMED, which));
    }
  }

  private static String first(int most, List<String> names) {
    String some = String.join(" ", names.subList(0, Math.min(most, names.size())));
    return names.size() > most ? some + " and " + (names.size() - most) + " more" : some;
  }
}
