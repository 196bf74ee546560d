package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.model.eval.LabelledViews;
import io.bagpipe.model.eval.StudentEvaluator;

/**
 * What a student is judged on. Confined to the training thread.
 *
 * @param bank labelled images that vote
 * @param queries held-out images that are judged
 */
record Exam(StudentEvaluator evaluator, LabelledViews bank, LabelledViews queries) {
  Evaluation take() {
    return evaluator.evaluate(bank, queries);
  }
}
