package io.bagpipe.verticles.service;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.bags.BagIndexVerticle.Dimensions;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.Teachers;

/**
 * What the parts must agree on, found out before anything is started.
 *
 * @param dimensions of the teacher's outputs
 * @param teacherSha256 of the teacher's file
 */
record Plan(Dimensions dimensions, String teacherSha256) {
  /**
   * Opens the teacher once to see that it is one.
   *
   * @throws ServiceException when it is missing, is no teacher, or does not fit the views
   */
  static Plan of(BagpipeConfig config, Settings settings) {
    try {
      TeacherSource source = TeacherSource.parse(config.teacher().path());
      try (TeacherEncoder teacher = Teachers.open(source, config, settings)) {
        int views = config.views().geometry().size();
        if (teacher.inputSize() != views) {
          throw new ServiceException(
              "teacher "
                  + source.name()
                  + " takes images of "
                  + teacher.inputSize()
                  + " pixels and views.size is "
                  + views
                  + "; set views.size="
                  + teacher.inputSize(),
              null);
        }
        return new Plan(
            new Dimensions(teacher.featureDimension(), teacher.embeddingDimension()),
            source.sha256());
      }
    } catch (TeacherException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }
}
