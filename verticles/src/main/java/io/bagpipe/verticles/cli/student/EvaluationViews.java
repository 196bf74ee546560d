package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.network.Preprocessing;
import java.nio.file.Path;
import java.util.Map;

/** How images become views where students are evaluated. */
final class EvaluationViews {
  private EvaluationViews() {}

  /** How their images are prepared: all the same, so that the same views go to all. */
  static Preprocessing alike(Map<Path, Student> students) {
    Map.Entry<Path, Student> first = students.entrySet().iterator().next();
    Preprocessing expected = first.getValue().preprocessing();
    students.forEach(
        (file, student) -> {
          Preprocessing found = student.preprocessing();
          if (found.size() != expected.size()
              || found.pad() != expected.pad()
              || found.resize() != expected.resize()) {
            throw new EvaluationException(
                "%s takes images of %d pixels (border %d, scaled to %d), %s of %d (%d, %d); evaluate them apart"
                    .formatted(
                        first.getKey(),
                        expected.size(),
                        expected.pad(),
                        expected.resize(),
                        file,
                        found.size(),
                        found.pad(),
                        found.resize()));
          }
        });
    return expected;
  }

  /** A recipe, with a student's own size, border and scale. */
  static ViewConfig of(ViewConfig recipe, Preprocessing images) {
    return new ViewConfig(
        images.size(),
        images.pad(),
        recipe.crop(),
        recipe.jitter(),
        recipe.grayscale(),
        recipe.blur(),
        recipe.flip(),
        images.resize() / (double) images.size());
  }

  /** Of these nothing but crop and flip. */
  static ViewConfig crops(ViewConfig views) {
    return new ViewConfig(
        views.size(),
        views.pad(),
        views.crop(),
        new ViewConfig.Jitter(0, 0, 0, 0, 0),
        0,
        new ViewConfig.Blur(0, views.blur().minSigma(), views.blur().maxSigma()),
        views.flip(),
        views.indexResize());
  }
}
