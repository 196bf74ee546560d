package io.bagpipe.verticles.service;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.bags.BagIndexVerticle.Dimensions;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.StudentConfig.Stem;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.Teachers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts must agree on, found out before anything is started.
 *
 * @param dimensions of the teacher's outputs
 * @param teacherSha256 of the teacher's file
 */
record Plan(Dimensions dimensions, String teacherSha256) {
  private static final Logger LOG = LoggerFactory.getLogger(Plan.class);

  /** Of CIFAR's stem, pixels: at more, its layers cost sixteen times those of ImageNet's. */
  private static final int LARGEST_FOR_CIFAR = 64;

  /**
   * Opens the teacher once to see that it is one.
   *
   * @throws ServiceException when it is missing, is no teacher, or does not fit the views
   */
  static Plan of(BagpipeConfig config, Settings settings) {
    try {
      TeacherSource source = TeacherSource.parse(config.teacher().path());
      try (TeacherEncoder teacher = Teachers.openHere(source, config, settings)) {
        int views = config.views().geometry().size();
        if (teacher.inputSize() != views) {
          throw new ServiceException(otherSize(source, teacher.inputSize(), config), null);
        }
        if (views > LARGEST_FOR_CIFAR && config.student().stem() == Stem.CIFAR) {
          LOG.warn(
              "student.stem is cifar, for images of about 32 pixels, and views.size is {}; preset"
                  + " small-photos or imagenet has the stem for such images",
              views);
        }
        return new Plan(
            new Dimensions(teacher.featureDimension(), teacher.embeddingDimension()),
            source.sha256());
      }
    } catch (TeacherException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The stand-in is not to be what a configuration for photographs is bent to. */
  private static String otherSize(TeacherSource source, int takes, BagpipeConfig config) {
    int views = config.views().geometry().size();
    String way =
        config.teacher().builtin() && views > takes
            ? "give teacher.path a teacher of images like yours"
            : "set views.size=" + takes + (takes == 224 ? ", or preset=imagenet" : "");
    return "teacher %s takes images of %d pixels and views.size is %d; %s"
        .formatted(source.name(), takes, views, way);
  }
}
