package io.bagpipe.model.objective.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Contrast;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.Slopes;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MocoObjectiveTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("moco", "infonce");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void itsLossAgreesWithTheReference(GoldenCase golden) {
    List<TermResult> said = new ArrayList<>();
    step(golden.queue("queue"), golden, golden.floats("q"), golden.floats("k"), said);
    golden.agrees(said.get(0), "loss", "grad_q");
  }

  @Test
  void batchesThroughOneQueueAgreeWithTheReference() {
    GoldenCase golden = GoldenCase.one("sequence", "moco");
    List<TermResult> said = new ArrayList<>();
    try (NegativeQueue queue = golden.queue("queue_before")) {
      for (int step = 0; step < golden.meta().get("steps").asInt(); step++) {
        step(unclosed(queue), golden, golden.step("s", step), golden.step("t", step), said);
        golden.agrees(said.get(step), step);
      }
      assertThat(queue.snapshot()).containsExactly(golden.floats("queue_after"), within(2e-7f));
      assertThat(queue.position()).isEqualTo(golden.meta().get("pointer_after").asInt());
    }
  }

  /** One step of an objective whose key encoder says {@code keys}, not normalised. */
  private static void step(
      NegativeQueue queue, GoldenCase golden, float[] raw, float[] keys, List<TermResult> said) {
    List<String> events = new ArrayList<>();
    try (MocoObjective objective =
        new MocoObjective(
            queue, speaking(keys, events), (float) golden.number("temperature"), 0.9f)) {
      AnchorBatch batch =
          new AnchorBatch(keys.length / queue.dimension())
              .with(Ingredient.QUERY_VIEW, new byte[] {1})
              .with(Ingredient.KEY_VIEW, new byte[] {2});
      objective.passes(
          (name, pixels, size, term) -> {
            events.add(name + " " + pixels[0]);
            said.add(term.of(raw));
            return said.get(said.size() - 1).loss();
          },
          batch,
          new Moment(0, 0));
      assertThat(events).containsExactly("follows 0.9", "key 2", "query 1");
      objective.updated(batch);
    }
  }

  private static MomentumEncoder speaking(float[] keys, List<String> events) {
    return new MomentumEncoder() {
      @Override
      public void follow(float momentum) {
        events.add("follows " + momentum);
      }

      @Override
      public float[] forward(byte[] pixels, int batch) {
        events.add("key " + pixels[0]);
        return keys;
      }

      @Override
      public StateDict state() {
        return new StateDict();
      }

      @Override
      public void load(StateDict state) {
        assertThat(state.tensors()).isEmpty();
      }

      @Override
      public void close() {}
    };
  }

  /** The same queue, for an objective that would close it. */
  private static NegativeQueue unclosed(NegativeQueue queue) {
    return new NegativeQueue() {
      @Override
      public int capacity() {
        return queue.capacity();
      }

      @Override
      public int dimension() {
        return queue.dimension();
      }

      @Override
      public int position() {
        return queue.position();
      }

      @Override
      public void enqueue(float[] keys) {
        queue.enqueue(keys);
      }

      @Override
      public Attention attend(float[] unitRows, float temperature) {
        return queue.attend(unitRows, temperature);
      }

      @Override
      public float[] snapshot() {
        return queue.snapshot();
      }

      @Override
      public void restore(float[] rows, int position) {
        queue.restore(rows, position);
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void gradientOfTheContrastIsThatOfTheLoss() {
    float[] keys = new UnitOutputs(BingoReference.randomRows(new Random(2), 3, 6, false), 6).rows();
    try (NegativeQueue queue = new OneDnnNegativeQueue(40, 6, 2)) {
      Contrast contrast = new Contrast(queue, 0.2f);
      Slopes.areThoseOf(raw -> contrast.of(raw, 1, List.of(new Contrast.Positive(keys, 1))), 3, 6);
    }
  }

  @Test
  void itAsksNothingOfATeacher() {
    Stream<Ingredient> needs = new MocoProvider().needs().stream();
    assertThat(needs.map(Ingredient::kind)).containsOnly(Ingredient.Kind.PIXELS);
  }
}
