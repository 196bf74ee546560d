package io.bagpipe.verticles.experiment;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.demo.Pusher;
import java.io.IOException;
import java.util.List;

/**
 * What an image costs on this machine, as it is just now: from a training that is thrown away.
 *
 * @param secondsAnImage of training, all stages after each other, the teacher included; the fastest
 *     of several rounds
 * @param secondsALook for the student's features of one image
 */
public record Pace(double secondsAnImage, double secondsALook) {
  private static final int WARM_UP = 1;
  private static final int ROUNDS = 4;
  private static final int LEAST = 64;

  /** Measures. */
  public static Pace of(
      BagpipeConfig config, TeacherEncoder teacher, String teacherSha256, ImageSource images)
      throws IOException, InterruptedException {
    int round = Math.max(LEAST, config.train().batch());
    List<Integer> order = Pusher.order(images.size(), config.seed());
    double best = Double.POSITIVE_INFINITY;
    try (Training training = Training.of(config, teacher, teacherSha256)) {
      for (int i = 0; i < WARM_UP + ROUNDS; i++) {
        long began = System.nanoTime();
        for (int j = 0; j < round; j++) {
          int next = (i * round + j) % order.size();
          training.push(images.get(order.get(next)));
        }
        training.flush();
        if (i >= WARM_UP) {
          best = Math.min(best, (System.nanoTime() - began) / 1e9 / round);
        }
      }
      return new Pace(best, look(training.pupil().engine(), config.train().batch()));
    }
  }

  /** Measures what an image of a stream of eras costs. */
  public static Pace of(BagpipeConfig config, Laboratory laboratory, StreamEras eras)
      throws IOException, InterruptedException {
    try (TeacherEncoder teacher = laboratory.teacher(config)) {
      return of(config, teacher, laboratory.source().sha256(), eras.source());
    }
  }

  private static double look(StudentEngine engine, int batch) {
    byte[] views = new byte[Math.multiplyExact(batch, 3 * engine.inputSize() * engine.inputSize())];
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      engine.features(views, batch);
      best = Math.min(best, (System.nanoTime() - began) / 1e9 / batch);
    }
    return best;
  }
}
