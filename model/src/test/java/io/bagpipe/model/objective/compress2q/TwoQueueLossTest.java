package io.bagpipe.model.objective.compress2q;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.QueueStart;
import io.bagpipe.model.objective.Slopes;
import io.bagpipe.model.objective.UnitOutputs;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwoQueueLossTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("compress2q", "case");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReferenceWhateverTheTwoWidths(GoldenCase golden) {
    try (NegativeQueue queue = joined(golden, "")) {
      TwoQueueLoss loss = loss(golden, queue, "");
      golden.agrees(loss.of(golden.floats("s"), golden.floats("t")), "loss", "grad_s");
    }
  }

  @Test
  void batchesThroughTheQueuesAgreeWithTheReference() {
    GoldenCase golden = GoldenCase.one("sequence", "compress2q");
    int teacher = golden.width("queue_teacher_before");
    int student = golden.width("queue_student_before");
    try (NegativeQueue queue = joined(golden, "_before")) {
      TwoQueueLoss loss = loss(golden, queue, "_before");
      for (int step = 0; step < golden.meta().get("steps").asInt(); step++) {
        float[] targets = golden.step("t", step);
        golden.agrees(loss.of(golden.step("s", step), targets), step);
        loss.enter(targets, new UnitOutputs(golden.step("s_key", step), student).rows());
      }
      float[] expected =
          joined(
              golden.floats("queue_teacher_after"),
              golden.floats("queue_student_after"),
              teacher,
              student);
      assertThat(queue.snapshot()).containsExactly(expected, within(2e-7f));
      assertThat(queue.position()).isEqualTo(golden.meta().get("pointer_after").asInt());
    }
  }

  private static TwoQueueLoss loss(GoldenCase golden, NegativeQueue queue, String when) {
    return new TwoQueueLoss(
        queue,
        golden.width("queue_teacher" + when),
        golden.width("queue_student" + when),
        (float) golden.number("temperature"));
  }

  private static NegativeQueue joined(GoldenCase golden, String when) {
    int teacher = golden.width("queue_teacher" + when);
    int student = golden.width("queue_student" + when);
    float[] rows =
        joined(
            golden.floats("queue_teacher" + when),
            golden.floats("queue_student" + when),
            teacher,
            student);
    int width = teacher + student;
    NegativeQueue queue = new OneDnnNegativeQueue(rows.length / width, width, 1);
    queue.restore(rows, 0);
    return queue;
  }

  private static float[] joined(float[] teachers, float[] students, int teacher, int student) {
    int count = teachers.length / teacher;
    float[] rows = new float[teachers.length + students.length];
    for (int i = 0; i < rows.length; i++) {
      int row = i / (teacher + student);
      int at = i % (teacher + student);
      rows[i] =
          at < teacher ? teachers[row * teacher + at] : students[row * student + at - teacher];
    }
    assertThat(rows.length).isEqualTo(count * (teacher + student));
    return rows;
  }

  @Test
  void gradientIsThatOfTheLoss() {
    float[] targets = BingoReference.randomRows(new Random(4), 3, 9, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(30, 9 + 5, 2)) {
      QueueStart.uniform(queue, 1, 9, 5);
      TwoQueueLoss loss = new TwoQueueLoss(queue, 9, 5, 0.07f);
      Slopes.areThoseOf(raw -> loss.of(raw, targets), 3, 5);
    }
  }

  @Test
  void refusesRowsThatDoNotMatch() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(8, 5, 1)) {
      assertThatThrownBy(() -> new TwoQueueLoss(queue, 3, 3, 0.1f))
          .hasMessage("a queue of 5 values for 3 and 3");
      TwoQueueLoss loss = new TwoQueueLoss(queue, 3, 2, 0.1f);
      assertThatThrownBy(() -> loss.of(new float[4], new float[3]))
          .hasMessage("outputs and targets of 4 and 3 values; valid: as many rows of 2 and 3");
      float[] targets = Arrays.copyOf(new float[] {1}, 6);
      assertThat(loss.of(new float[] {1, 0, 0, 1}, targets).isFinite()).isTrue();
    }
  }
}
