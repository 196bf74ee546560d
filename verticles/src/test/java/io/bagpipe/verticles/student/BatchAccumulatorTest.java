package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.BaggedAnchor;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class BatchAccumulatorTest {
  private static final int SIZE = 2;
  private static final int DIMENSION = 3;

  private final BatchAccumulator accumulator =
      new BatchAccumulator(2, SIZE, DIMENSION, EnumSet.allOf(Ingredient.class));

  /** Every field holds a number of its own. */
  private static BaggedAnchor anchor(int n) {
    return BaggedAnchor.newBuilder()
        .setQueryView(view(n + 1))
        .setKeyView(view(n + 2))
        .setMemberView(view(n + 3))
        .setMemberQueryView(view(n + 4))
        .setQueryEmbedding(vector(n + 5))
        .setKey(vector(n + 6))
        .setMemberKey(vector(n + 7))
        .setMemberQueryEmbedding(vector(n + 8))
        .build();
  }

  private static ByteString view(int value) {
    byte[] pixels = new byte[SIZE * SIZE * 3];
    Arrays.fill(pixels, (byte) value);
    return ByteString.copyFrom(pixels);
  }

  private static ByteString vector(float value) {
    return Vectors.bytes(new float[] {value, value, value});
  }

  @Test
  void everyIngredientIsReadFromItsOwnField() throws Exception {
    for (int n = 0; n < 2; n++) {
      BaggedAnchor anchor = anchor(10 * n);
      accumulator.check(anchor);
      accumulator.add(
          anchor,
          new BatchAccumulator.Origin(
              new ImageCoordinates(0, n), false, "", "", null, 0, n, 1, true));
    }

    assertThat(accumulator.full()).isTrue();
    AnchorBatch batch = accumulator.batch();
    assertThat(batch.size()).isEqualTo(2);
    int[] expected = {1, 2, 3, 4};
    Ingredient[] views = {
      Ingredient.QUERY_VIEW,
      Ingredient.KEY_VIEW,
      Ingredient.MEMBER_VIEW,
      Ingredient.MEMBER_QUERY_VIEW
    };
    for (int i = 0; i < views.length; i++) {
      assertThat(batch.view(views[i])).hasSize(2 * SIZE * SIZE * 3);
      assertThat(batch.view(views[i])[0]).as(views[i].name()).isEqualTo((byte) expected[i]);
      assertThat(batch.view(views[i])[SIZE * SIZE * 3]).isEqualTo((byte) (10 + expected[i]));
    }
    Ingredient[] vectors = {
      Ingredient.QUERY_EMBEDDING,
      Ingredient.KEY_EMBEDDING,
      Ingredient.MEMBER_EMBEDDING,
      Ingredient.MEMBER_QUERY_EMBEDDING
    };
    for (int i = 0; i < vectors.length; i++) {
      assertThat(batch.vectors(vectors[i]))
          .as(vectors[i].name())
          .containsExactly(5 + i, 5 + i, 5 + i, 15 + i, 15 + i, 15 + i);
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    BaggedAnchor without = anchor(0).toBuilder().clearMemberQueryView().build();
    assertThatThrownBy(() -> accumulator.check(without))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessage("a member query view of 0 bytes where the student takes 12");
  }
}
