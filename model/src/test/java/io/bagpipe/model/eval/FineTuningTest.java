package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuningTest {
  private static final int SIZE = 16;
  private static final DecodeLimits LIMITS = DecodeLimits.defaults();

  private static final NetworkSpec NETWORK =
      new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, 4)).spec();

  @TempDir Path dir;

  /** Three classes: stripes that lie, that stand, and noise; an untrained network does not know. */
  private Path pictures(String part, int each) throws IOException {
    Random random = new Random(part.hashCode());
    for (int label = 0; label < 3; label++) {
      Path folder = Files.createDirectories(dir.resolve(part + "/" + label));
      for (int i = 0; i < each; i++) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        int phase = random.nextInt(4);
        for (int at = 0; at < SIZE * SIZE; at++) {
          int line = label == 0 ? at / SIZE : at % SIZE;
          boolean light = label == 2 ? random.nextBoolean() : (line + phase) / 2 % 2 == 0;
          image.setRGB(at % SIZE, at / SIZE, light ? 0xe0e0e0 : 0x202020);
        }
        ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
      }
    }
    return dir.resolve(part);
  }

  private static DrawnViews.Making making(Map<String, Integer> classes) {
    ViewConfig crops =
        new ViewConfig(
            SIZE,
            0,
            new ViewConfig.Crop(0.6, 1, 1, 1.2),
            new ViewConfig.Jitter(0, 0, 0, 0, 0),
            0,
            new ViewConfig.Blur(0, 0.1, 2),
            0.5,
            1);
    return new DrawnViews.Making(new ViewFactory(crops, LIMITS, 1), LIMITS, classes);
  }

  private static FineTuning.Start start(StateDict state) {
    return new FineTuning.Start(
        NETWORK,
        state,
        SIZE,
        new PixelNormalizer(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.5f, 0.5f}));
  }

  @Test
  void theWholeNetworkLearnsFromFewLabelsTheSameEveryTime() throws IOException {
    Path train = pictures("train", 16);
    Path test = pictures("test", 10);
    Map<String, Integer> classes = new LinkedHashMap<>();
    StateDict state = NETWORK.initialState(3);
    float[] before = state.tensors().iterator().next().data().clone();
    FineTuning tuning = new FineTuning(12, 16, 0.05, EngineOptions.DEFAULT.withThreads(1));
    try (DrawnViews few = DrawnViews.open(train, Split.ALL, 48, 1, making(classes));
        DrawnViews queries = DrawnViews.open(test, Split.ALL, 100, 1, making(classes))) {
      ScoreCard first = run(tuning, state, few, queries);
      assertThat(first.top1()).isGreaterThan(0.85);
      assertThat(first.queries()).isEqualTo(30);
      assertThat(run(tuning, state, few, queries)).usingRecursiveComparison().isEqualTo(first);
      assertThat(state.tensors().iterator().next().data()).isEqualTo(before);
      ScoreCard barely =
          run(
              new FineTuning(1, 48, 1e-9, EngineOptions.DEFAULT.withThreads(1)),
              state,
              few,
              queries);
      assertThat(barely.top1()).as("hardly taught").isCloseTo(1 / 3.0, within(0.34));
      assertThatThrownBy(
              () ->
                  tuning.run(
                      start(state),
                      DrawnViews.open(train, Split.ALL, 1, 1, making(classes)),
                      queries,
                      3,
                      1,
                      EvaluationWatch.NONE))
          .isInstanceOf(EvaluationException.class)
          .hasMessage("fine-tuning on 1 labelled images; it takes two or more");
    }
  }

  private static ScoreCard run(
      FineTuning tuning, StateDict state, DrawnViews few, DrawnViews queries) {
    return Objects.requireNonNull(
        tuning.run(start(state), few, queries, 3, 5, EvaluationWatch.NONE));
  }
}
