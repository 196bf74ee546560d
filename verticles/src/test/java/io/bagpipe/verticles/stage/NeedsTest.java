package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Objectives;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NeedsTest {
  static List<ObjectiveProvider> objectives() {
    return Objectives.all();
  }

  /** What is asked for is made by somebody, and nothing is made that nobody asks for. */
  @ParameterizedTest
  @MethodSource("objectives")
  void theStagesMakeWhatTheObjectiveAsksFor(ObjectiveProvider objective) {
    Needs needs = new Needs(objective.needs());
    boolean keys = asks(objective, Ingredient.KEY_EMBEDDING, Ingredient.MEMBER_EMBEDDING);
    assertThat(needs.keys()).isEqualTo(keys);
    assertThat(needs.keyViews()).isEqualTo(keys || asks(objective, Ingredient.KEY_VIEW));
    assertThat(needs.keyViewsTravel()).isEqualTo(asks(objective, Ingredient.KEY_VIEW));
    assertThat(needs.anchorKeys()).isEqualTo(asks(objective, Ingredient.KEY_EMBEDDING));
    assertThat(needs.memberKeys()).isEqualTo(asks(objective, Ingredient.MEMBER_EMBEDDING));
    assertThat(needs.memberViews()).isEqualTo(asks(objective, Ingredient.MEMBER_VIEW));
    assertThat(needs.memberQueryViews())
        .isEqualTo(asks(objective, Ingredient.MEMBER_QUERY_VIEW))
        .isEqualTo(needs.memberQueryEmbeddings());
    assertThat(needs.queryEmbeddings())
        .isEqualTo(asks(objective, Ingredient.QUERY_EMBEDDING, Ingredient.MEMBER_QUERY_EMBEDDING));
  }

  private static boolean asks(ObjectiveProvider objective, Ingredient... anyOf) {
    return List.of(anyOf).stream().anyMatch(objective.needs()::contains);
  }

  @Test
  void aWindowKeepsOneEmbeddingOfAnImage() {
    EnumSet<Ingredient> both =
        EnumSet.of(Ingredient.MEMBER_EMBEDDING, Ingredient.MEMBER_QUERY_EMBEDDING);
    assertThatThrownBy(() -> new Needs(both))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("windows keep one embedding of an image, not two");
  }
}
