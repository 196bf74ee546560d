package io.bagpipe.model.engine.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.Rank;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.engine.torch.GlooCommunicator;
import io.bagpipe.model.engine.torch.Rendezvous;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoReference;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.model.train.TrainerConfig;
import io.bagpipe.model.train.TrainerState;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two ranks, a thread each, which talk by Gloo as two processes would. */
class RankedEngineTest {
  private static final int RANKS = 2;
  private static final int STEPS = 3;
  private static final int BATCH = 4;
  private static final int SIDE = 16;
  private static final int DIMENSION = 8;
  private static final int QUEUE = 32;
  private static final float RATE = 0.05f;
  private static final TrainerConfig SCHEDULE = new TrainerConfig(RATE, RATE, 0.9f, 1e-4f, 500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newFixedThreadPool(RANKS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static StudentEngine engine(String provider) {
    var network =
        new Architecture(Architecture.Family.RESNET18, 4, Stem.CIFAR, new Head(16, DIMENSION));
    var request =
        new EngineRequest(
            network.spec(),
            SIDE,
            BATCH,
            5,
            new PixelNormalizer(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.25f, 0.25f, 0.25f}));
    return StudentEngines.create(
        request, new EngineOptions(provider, Device.CPU, EngineOptions.FLOAT32, 1));
  }

  private static ObjectiveConfig objective() {
    return new ObjectiveConfig(QUEUE, 0.2f, 0, 11, Map.of());
  }

  private static AnchorBatch batch(int step, int rank) {
    Random random = new Random(100 * step + rank);
    AnchorBatch batch = new AnchorBatch(BATCH);
    for (Ingredient ingredient : Ingredient.values()) {
      if (ingredient.kind() == Ingredient.Kind.PIXELS) {
        byte[] pixels = new byte[BATCH * SIDE * SIDE * 3];
        random.nextBytes(pixels);
        batch.with(ingredient, pixels);
      } else {
        batch.with(ingredient, BingoReference.randomRows(random, BATCH, DIMENSION, true));
      }
    }
    return batch;
  }

  /** Does the same on every rank; the first failure is thrown. */
  private <T> List<T> ranks(Rendezvous at, Function<Communicator, T> work) throws Exception {
    List<Future<T>> all = new ArrayList<>();
    for (int index = 0; index < RANKS; index++) {
      Rank rank = new Rank(index, RANKS);
      all.add(
          threads.submit(
              () -> {
                try (var ranks = GlooCommunicator.meet(at, rank, "127.0.0.1", PATIENCE)) {
                  return work.apply(ranks);
                }
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> one : all) {
      results.add(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    return results;
  }

  private Rendezvous file(String name) {
    return new Rendezvous.File(directory.resolve(name));
  }

  private List<TrainerState> trained(Rendezvous at, String provider, String name) throws Exception {
    return ranks(
        at,
        ranks -> {
          try (StudentEngine engine = new RankedEngine(engine(provider), ranks);
              Trainer trainer = new Trainer(engine, SCHEDULE, Objectives.of(name), objective())) {
            for (int step = 0; step < STEPS; step++) {
              trainer.step(batch(step, ranks.rank().index()));
            }
            return trainer.snapshot();
          }
        });
  }

  /** What one process makes of the ranks' batches, one after the other, and of their mean. */
  private static Reference inTurn(String provider, String name) {
    ObjectiveProvider kind = Objectives.of(name);
    try (StudentEngine engine = engine(provider);
        Objective objective = kind.create(objective(), engine)) {
      for (int step = 0; step < STEPS; step++) {
        long anchors = (long) step * BATCH * RANKS;
        for (int rank = 0; rank < RANKS; rank++) {
          objective.passes(
              (pass, pixels, batch, term) -> {
                TermResult result = term.of(engine.forward(pixels, batch));
                engine.backward(result.gradient());
                return result.loss();
              },
              batch(step, rank),
              new Moment(step, anchors, rank));
        }
        FloatBuffer sum = engine.gradient().values();
        for (int i = 0; i < sum.capacity(); i++) {
          sum.put(i, sum.get(i) / RANKS);
        }
        engine.update(RATE, SCHEDULE.momentum(), SCHEDULE.weightDecay());
        for (int rank = 0; rank < RANKS; rank++) {
          objective.updated(batch(step, rank));
        }
      }
      return new Reference(
          engine.state(), engine.velocities(), objective.state().tensors().get("queue").data());
    }
  }

  private record Reference(StateDict network, StateDict velocities, float[] queue) {}

  @ParameterizedTest
  @CsvSource({"onednn, bingo", "onednn, seed", "torch, bingo"})
  void trainTheStudentThatOneProcessMakesOfTheirBatchesInTurn(String provider, String objective)
      throws Exception {
    List<TrainerState> states = trained(file("first"), provider, objective);
    Reference reference = inTurn(provider, objective);

    for (TrainerState state : states) {
      assertThat(state.step()).isEqualTo(STEPS);
      assertThat(state.anchors()).isEqualTo(STEPS * BATCH * RANKS);
      assertThat(state.objective().tensors().get("queue").data()).isEqualTo(reference.queue());
      for (Tensor velocity : reference.velocities().tensors()) {
        // what is trained is named as its velocity
        assertClose(state.network(), reference.network(), velocity.name());
        assertClose(state.velocities(), reference.velocities(), velocity.name());
        assertThat(state.network().get(velocity.name()).data())
            .as("rank 0's %s", velocity.name())
            .isEqualTo(states.get(0).network().get(velocity.name()).data());
      }
    }
    List<TrainerState> again = trained(file("second"), provider, objective);
    for (Tensor tensor : states.get(0).network().tensors()) {
      assertThat(again.get(0).network().get(tensor.name()).data())
          .as("%s of another run", tensor.name())
          .isEqualTo(tensor.data());
    }
  }

  private static void assertClose(StateDict actual, StateDict expected, String name) {
    float[] values = expected.get(name).data();
    double scale = 1e-3;
    for (float value : values) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < values.length; i++) {
      assertThat((double) actual.get(name).data()[i])
          .as("%s[%d]", name, i)
          .isCloseTo(values[i], within(2e-3 * scale));
    }
  }

  @Test
  void meetAtAPortAndHaveEverybodysRowsInTheOrderOfRanks() throws Exception {
    Rendezvous at = new Rendezvous.Tcp("127.0.0.1", freePort());

    List<float[]> rows =
        ranks(at, ranks -> ranks.gather(new float[] {ranks.rank().index(), 10, 20}));

    assertThat(rows).allSatisfy(all -> assertThat(all).containsExactly(0, 10, 20, 1, 10, 20));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void oneThatIsLeftAloneSaysSoAndEnds() {
    long began = System.nanoTime();

    assertThatThrownBy(
            () ->
                ranks(
                    file("left"),
                    ranks -> {
                      if (ranks.rank().index() == 0) {
                        ranks.gather(new float[1]);
                      }
                      return ranks;
                    }))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RanksException.class)
        .hasMessageStartingWith("rank 0 of 2 cannot go on with the others");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.dividedBy(2));
  }
}
