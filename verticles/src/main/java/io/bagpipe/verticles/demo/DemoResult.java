package io.bagpipe.verticles.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a demo came to; the object that {@code --json} prints and {@code report.json} holds.
 *
 * @param images pushed and acknowledged
 * @param anchorsTrained images that were trained on, each once
 * @param deadLetters images that could not be read, or that the teacher refused
 * @param incompleteBatch images left over because they do not fill a batch; not trained
 * @param knnTop1Start before the first step, on held-out images, in [0, 1]
 * @param knnTop1End after the last step
 * @param linearTop1Start the same of the fast linear probe
 * @param linearTop1End after the last step
 * @param lossStart mean of the first steps, nats
 * @param lossEnd mean of the last steps
 * @param anchorsPerSecond from the first step to the last, evaluations included
 * @param seconds the whole demo, set-up and evaluation included
 * @param secondsToFirstStep from the start of the command to the first training step
 * @param peakResidentBytes of this process, as the kernel counts it; -1 where it does not
 */
public record DemoResult(
    @JsonProperty("images") long images,
    @JsonProperty("anchors_trained") long anchorsTrained,
    @JsonProperty("dead_letters") long deadLetters,
    @JsonProperty("incomplete_batch") long incompleteBatch,
    @JsonProperty("knn_top1_start") double knnTop1Start,
    @JsonProperty("knn_top1_end") double knnTop1End,
    @JsonProperty("linear_top1_start") double linearTop1Start,
    @JsonProperty("linear_top1_end") double linearTop1End,
    @JsonProperty("loss_start") double lossStart,
    @JsonProperty("loss_end") double lossEnd,
    @JsonProperty("anchors_per_s") double anchorsPerSecond,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("seconds_to_first_step") double secondsToFirstStep,
    @JsonProperty("peak_resident_bytes") long peakResidentBytes,
    @JsonProperty("student") String student,
    @JsonProperty("seed") long seed,
    @JsonProperty("run_dir") String runDir,
    @JsonProperty("checkpoint") String checkpoint) {

  /**
   * Whether kNN top-1 fell; false where it was not measured. It alone decides: a few labels teach
   * the linear probe what a student has lost.
   */
  @JsonProperty("worse_than_untrained")
  public boolean worseThanUntrained() {
    return knnTop1End < knnTop1Start;
  }

  /** What to say of a student that got worse, or may have; empty of one that did not. */
  public String warning() {
    if (!worseThanUntrained()) {
      return linearTop1End < linearTop1Start
          ? String.format(
              Locale.ROOT,
              "kNN top-1 rose, but a linear layer on the features reads the classes less well than on"
                  + " the untrained student's: %.3f, before %.3f. Try more images (--images).",
              linearTop1End,
              linearTop1Start)
          : "";
    }
    return String.format(
        Locale.ROOT,
        "The student ended WORSE than it began: kNN top-1 fell from %.3f to %.3f. So few images, or"
            + " this teacher, did not help it: try more of them (--images), a teacher that knows"
            + " such images (teacher.path), or a smaller train.lr.",
        knnTop1Start,
        knnTop1End);
  }
}
