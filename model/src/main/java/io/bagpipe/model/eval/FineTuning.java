package io.bagpipe.model.eval;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.NotFiniteException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Semi-supervised evaluation (METHOD: "Evaluation protocols"; after SimCLR, Chen et al., ICML 2020,
 * appendix B.5): the whole network, its head replaced by a fresh linear layer, is trained on few
 * labels by SGD with momentum 0.9 and no weight decay on random crops and flips, the rate falling
 * to 0 along half a cosine; then it is judged. One rate for all layers: that is what an engine
 * does.
 *
 * @param epochs passes over the labelled images
 * @param batch images a step, all of them where there are fewer; an epoch's last, incomplete batch
 *     is left out, as batch norm needs company
 * @param rate of the first step
 * @param options what computes it
 */
public record FineTuning(int epochs, int batch, double rate, EngineOptions options) {
  private static final float MOMENTUM = 0.9f;

  public FineTuning {
    if (epochs < 1 || batch < 2 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "fine-tuning of %d epochs, batches of %d, rate %s; valid: 1, 2 and more, above 0"
              .formatted(epochs, batch, rate));
    }
  }

  /**
   * The network that is fine-tuned; it is not changed.
   *
   * @param state of its backbone at least
   * @param size side of its images
   */
  public record Start(NetworkSpec network, StateDict state, int size, PixelNormalizer pixels) {}

  /**
   * Trains and judges.
   *
   * @param taught labelled images, two or more, whose random views are crops and flips
   * @param queries judged by their index views
   * @param classes more than the highest label of both
   * @param seed of the fresh layer and of the order
   * @return null when the watch ended it
   * @throws EvaluationException when an image cannot be read
   * @throws NotFiniteException when it diverges
   */
  public @Nullable ScoreCard run(
      Start start,
      DrawnViews taught,
      LabelledViews queries,
      int classes,
      long seed,
      EvaluationWatch watch) {
    NetworkSpec network = start.network().withClassifier(classes);
    int taken = Math.min(batch, taught.count());
    if (taken < 2) {
      throw new EvaluationException(
          "fine-tuning on " + taken + " labelled images; it takes two or more");
    }
    EngineRequest request = new EngineRequest(network, start.size(), taken, seed, start.pixels());
    try (StudentEngine engine = StudentEngines.create(request, options)) {
      engine.load(state(network, start.state(), engine.state()));
      int stepsAnEpoch = taught.count() / taken;
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order = SgdProbe.order(taught.count(), seed, epoch);
        for (int step = 0; step < stepsAnEpoch; step++) {
          int[] chosen = Arrays.copyOfRange(order, step * taken, (step + 1) * taken);
          double done = (epoch * (double) stepsAnEpoch + step) / ((double) epochs * stepsAnEpoch);
          step(engine, taught, chosen, epoch, rate / 2 * (1 + Math.cos(Math.PI * done)));
        }
        if (!watch.goOn(epoch + 1L, epochs)) {
          return null;
        }
      }
      return judge(engine, queries, classes);
    }
  }

  private static void step(
      StudentEngine engine, DrawnViews taught, int[] chosen, int epoch, double rate) {
    int image = 3 * engine.inputSize() * engine.inputSize();
    byte[] pixels = new byte[Math.multiplyExact(chosen.length, image)];
    for (int i = 0; i < chosen.length; i++) {
      try {
        System.arraycopy(taught.random(chosen[i], epoch), 0, pixels, i * image, image);
      } catch (IOException | ImageRejectedException e) {
        throw new EvaluationException("a labelled image cannot be read: " + e.getMessage());
      }
    }
    float[] outputs = engine.forward(pixels, chosen.length);
    int classes = outputs.length / chosen.length;
    float[] gradient = new float[outputs.length];
    double loss = 0;
    for (int i = 0; i < chosen.length; i++) {
      double[] scores = scores(outputs, i, classes);
      loss += SoftmaxLoss.replace(scores, taught.label(chosen[i]));
      for (int label = 0; label < classes; label++) {
        gradient[i * classes + label] = (float) (scores[label] / chosen.length);
      }
    }
    if (!Double.isFinite(loss)) {
      throw new NotFiniteException("fine-tuning diverged in epoch " + epoch + ": loss " + loss);
    }
    engine.backward(gradient);
    engine.update((float) rate, MOMENTUM, 0);
  }

  private static double[] scores(float[] outputs, int row, int classes) {
    double[] scores = new double[classes];
    for (int label = 0; label < classes; label++) {
      scores[label] = outputs[row * classes + label];
    }
    return scores;
  }

  private ScoreCard judge(StudentEngine engine, LabelledViews queries, int classes) {
    ScoreCard.Tally tally = new ScoreCard.Tally(classes);
    FeatureEncoder classifier = FeatureEncoder.embeddings(engine);
    new FeaturePass(
            classifier,
            batch,
            queries,
            (row, label) -> tally.take(scores(row, 0, classes), label),
            done -> true)
        .run();
    return tally.card();
  }

  /** The student's tensors, and the fresh classifier. */
  private static StateDict state(NetworkSpec network, StateDict student, StateDict fresh) {
    StateDict state = new StateDict();
    for (Parameter parameter : network.parameters()) {
      boolean classifier = parameter.name().startsWith("fc.");
      state.put((classifier ? fresh : student).get(parameter.name()));
    }
    return state;
  }
}
