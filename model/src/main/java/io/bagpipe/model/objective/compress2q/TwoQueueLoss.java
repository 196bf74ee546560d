package io.bagpipe.model.objective.compress2q;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.Distribution;
import io.bagpipe.model.objective.SoftCrossEntropy;
import io.bagpipe.model.objective.Temperatures;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;

/**
 * KL(y‖p) of a teacher's similarities y to its queue's rows u_j and a student's p to the rows v_j
 * of a queue of its own, the same image at the same place (authors' code: {@code
 * nn/compress_loss.py}): y = softmax(t·u / T), p = softmax(s·v / T), averaged over the batch. The
 * two queues are one, of rows (u_j, v_j): a vector that is padded with zeros sees one half alone,
 * and the mean of the other half under the same weights comes with it.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class TwoQueueLoss {
  private final NegativeQueue queue;
  private final int teacher;
  private final int student;
  private final float temperature;

  /**
   * @param queue of rows [teacher + student]
   * @param teacher values of the teacher's embeddings
   * @param student values of the student's
   * @param temperature of both softmaxes, 0.025 to 100
   */
  public TwoQueueLoss(NegativeQueue queue, int teacher, int student, float temperature) {
    if (queue.dimension() != teacher + student) {
      throw new IllegalArgumentException(
          "a queue of " + queue.dimension() + " values for " + teacher + " and " + student);
    }
    this.queue = queue;
    this.teacher = teacher;
    this.student = student;
    this.temperature = Temperatures.student(temperature);
  }

  /**
   * The loss.
   *
   * @param raw [batch, student] the student's outputs, not normalised
   * @param targets [batch, teacher] unit rows, the teacher's embeddings of the same views
   */
  public TermResult of(float[] raw, float[] targets) {
    UnitOutputs outputs = new UnitOutputs(raw, student);
    int batch = outputs.batch();
    if (batch < 1 || raw.length != batch * student || targets.length != batch * teacher) {
      throw new IllegalArgumentException(
          "outputs and targets of %d and %d values; valid: as many rows of %d and %d"
              .formatted(raw.length, targets.length, student, teacher));
    }
    int width = teacher + student;
    Attention asked = queue.attend(rows(targets, new float[batch * student], batch), temperature);
    Attention shown =
        queue.attend(rows(new float[batch * teacher], outputs.rows(), batch), temperature);
    Distribution wanted = Distribution.over(asked, width, teacher, student);
    Distribution seen = Distribution.over(shown, width, teacher, student);
    TermResult crossEntropy = SoftCrossEntropy.of(outputs, seen, wanted, temperature);
    double entropy = Distribution.over(asked, width, 0, teacher).entropy(targets, temperature);
    return new TermResult(crossEntropy.loss() - entropy, crossEntropy.gradient());
  }

  /** Replaces the oldest rows: of the same images on both sides. */
  void enter(float[] teachers, float[] students) {
    queue.enqueue(rows(teachers, students, teachers.length / teacher));
  }

  /** [count, teacher + student]. */
  private float[] rows(float[] teachers, float[] students, int count) {
    float[] rows = new float[count * (teacher + student)];
    for (int row = 0; row < count; row++) {
      int at = row * (teacher + student);
      System.arraycopy(teachers, row * teacher, rows, at, teacher);
      System.arraycopy(students, row * student, rows, at + teacher, student);
    }
    return rows;
  }
}
