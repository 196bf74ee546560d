package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.experiment.Laboratory;
import io.bagpipe.verticles.experiment.Training;
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.student.StudentRequests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An experiment's student is the service's, bit for bit, on one partition. */
class ExperimentIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int IMAGES = 12 * RunningService.BATCH;

  /** A quarter as many again come out of the memory. */
  private static final int ANCHORS = 15 * RunningService.BATCH;

  @ParameterizedTest
  @ValueSource(strings = {"bingo", "seed", "moco-v2"})
  void theSameImagesGiveTheSameWeights(String objective, @TempDir Path data) throws Exception {
    List<String> sets =
        List.of(
            "train.objective=" + objective,
            "train.threads=1",
            "topics.partitions=1",
            "rehearsal.share=0.2",
            "rehearsal.memory=50");
    Map<String, float[]> ofService;
    try (RunningService bagpipe =
        RunningService.start(data.resolve("service"), sets.toArray(String[]::new))) {
      bagpipe.produce(TestImages.records(0, IMAGES));
      await()
          .atMost(PATIENCE)
          .until(() -> bagpipe.progress().getLong("anchors") >= ANCHORS - RunningService.BATCH);
      await()
          .atMost(PATIENCE)
          .until(() -> bagpipe.progress().getLong("images") + pending(bagpipe) == IMAGES);
      bagpipe.ask(Addresses.STUDENT_CHECKPOINT);
      ofService = values(bagpipe.checkpoint().network());
    }

    BagpipeConfig config =
        new ConfigSources(Map.of(), null, Map.of(), RunningService.sets(data, sets)).load();
    Laboratory laboratory =
        new Laboratory(data, TeacherSource.parse(config.teacher().path()), true);
    try (TeacherEncoder teacher = laboratory.teacher(config);
        Training training = Training.of(config, teacher, laboratory.source().sha256())) {
      for (int i = 0; i < IMAGES; i++) {
        training.push(new LabelledImage("img-" + i, Integer.toString(i % 4), TestImages.png(i)));
      }
      training.flush();
      assertThat(training.pupil().rehearsed()).isPositive();
      Map<String, float[]> ofExperiment = values(training.pupil().engine().state());
      assertThat(ofExperiment).containsOnlyKeys(ofService.keySet());
      ofService.forEach(
          (name, value) -> assertThat(ofExperiment.get(name)).as(name).isEqualTo(value));
    }
  }

  private static long pending(RunningService bagpipe) throws Exception {
    return bagpipe.ask(StudentRequests.PROGRESS).getLong("pendingImages");
  }

  private static Map<String, float[]> values(StateDict state) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Tensor tensor : state.tensors()) {
      values.put(tensor.name(), tensor.data());
    }
    return values;
  }
}
