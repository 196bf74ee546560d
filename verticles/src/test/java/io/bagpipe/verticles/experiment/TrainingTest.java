package io.bagpipe.verticles.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigException;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.TeacherConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  private static final int IMAGES = 90;

  @TempDir private Path directory;

  private static BagpipeConfig config(String... sets) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "teacher.path=" + TeacherConfig.BUILTIN,
                "student.width=4",
                "student.head-hidden=16",
                "train.batch=16",
                "train.queue=64",
                "train.threads=1",
                "bags.window=64",
                "bags.min-window=8"));
    all.addAll(List.of(sets));
    return new ConfigSources(Map.of(), null, Map.of(), all).load();
  }

  private interface Pushing {
    void push(Training training) throws Exception;
  }

  private float[] weights(BagpipeConfig config, boolean remember, Pushing pushing)
      throws Exception {
    Laboratory laboratory =
        new Laboratory(directory, TeacherSource.parse(config.teacher().path()), remember);
    try (TeacherEncoder teacher = laboratory.teacher(config);
        Training training = Training.of(config, teacher, laboratory.source().sha256())) {
      pushing.push(training);
      training.flush();
      long anchors = training.pupil().anchors() + training.pupil().pending();
      assertThat(training.refused()).isZero();
      assertThat(anchors).isEqualTo(training.pushed() + training.pupil().rehearsed());
      List<Float> all = new ArrayList<>();
      training
          .pupil()
          .engine()
          .state()
          .tensors()
          .forEach(
              tensor -> {
                for (float value : tensor.data()) {
                  all.add(value);
                }
              });
      float[] flat = new float[all.size()];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = all.get(i);
      }
      return flat;
    }
  }

  private static LabelledImage image(int i) throws Exception {
    return new LabelledImage("image-" + i, i % 2 == 0 ? "even" : null, Pictures.png(28, 28, i));
  }

  private static void inOneGo(Training training) throws Exception {
    for (int i = 0; i < IMAGES; i++) {
      training.push(image(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bingo", "seed", "moco-v2", "coss"})
  void howImagesComeTogetherChangesNoBit(String objective) throws Exception {
    BagpipeConfig config = config("train.objective=" + objective, "rehearsal.share=0.2");
    float[] once = weights(config, false, TrainingTest::inOneGo);

    float[] apart =
        weights(
            config,
            false,
            training -> {
              for (int i = 0; i < IMAGES; i++) {
                training.push(image(i));
                if (i % 7 == 0) {
                  training.flush();
                }
              }
            });

    assertThat(apart).isEqualTo(once);
  }

  @Test
  void whatTheTeacherSaidBeforeChangesNoBit() throws Exception {
    float[] asked = weights(config(), false, TrainingTest::inOneGo);
    float[] first = weights(config(), true, TrainingTest::inOneGo);
    float[] remembered = weights(config(), true, TrainingTest::inOneGo);

    assertThat(first).isEqualTo(asked);
    assertThat(remembered).isEqualTo(asked);
    assertThat(weights(config("seed=2"), true, TrainingTest::inOneGo)).isNotEqualTo(asked);
  }

  @Test
  void whatNeedsAServiceIsRefused() {
    assertThatThrownBy(
            () -> weights(config("drift.reaction=restart"), false, TrainingTest::inOneGo))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("drift.reaction");
    assertThatThrownBy(() -> weights(config("bags.young=wait"), false, TrainingTest::inOneGo))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bags.young");
  }
}
