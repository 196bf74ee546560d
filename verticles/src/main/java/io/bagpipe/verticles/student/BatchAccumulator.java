package io.bagpipe.verticles.student;

import com.google.protobuf.ByteString;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Ingredient.Kind;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.BaggedAnchor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects anchors, in the order they come, until a training batch is full: of each what the
 * objective asks for. The borders of Kafka records play no part. Confined to the training thread.
 */
final class BatchAccumulator {
  /**
   * Where an anchor came from: its image, and its place in {@code bags}.
   *
   * @param rehearsed whether it was trained before, and came out of the memory
   * @param drift name of the change of the stream that it showed; empty: none
   * @param era name of the era that begins with it; empty: none
   * @param held of one that is held out, and not in the batch; null: it is
   */
  record Origin(
      ImageCoordinates image,
      boolean rehearsed,
      String drift,
      String era,
      @Nullable BaggedAnchor held,
      int partition,
      long offset,
      int taken,
      boolean last) {}

  private final int batch;
  private final int pixels;
  private final int dimension;
  private final Map<Ingredient, byte[]> views = new EnumMap<>(Ingredient.class);
  private final Map<Ingredient, float[]> vectors = new EnumMap<>(Ingredient.class);
  private final List<Origin> origins = new ArrayList<>();
  private int rows;

  /**
   * @param batch anchors a step
   * @param size side of the views, pixels
   * @param dimension values of an embedding
   * @param needs of the objective
   */
  BatchAccumulator(int batch, int size, int dimension, Set<Ingredient> needs) {
    this.batch = batch;
    this.pixels = 3 * size * size;
    this.dimension = dimension;
    for (Ingredient need : needs) {
      if (need.kind() == Kind.PIXELS) {
        views.put(need, new byte[batch * pixels]);
      } else {
        vectors.put(need, new float[batch * dimension]);
      }
    }
  }

  /** Whether an anchor fits the student; checked for a whole record before any of it is taken. */
  void check(BaggedAnchor anchor) throws PoisonRecordException {
    if (anchor.getProbe()) {
      checkSize(Ingredient.QUERY_VIEW, anchor.getQueryView(), pixels);
      return;
    }
    for (Ingredient need : views.keySet()) {
      checkSize(need, of(anchor, need), pixels);
    }
    for (Ingredient need : vectors.keySet()) {
      checkSize(need, of(anchor, need), Float.BYTES * dimension);
    }
  }

  void add(BaggedAnchor anchor, Origin origin) {
    int row = rows++;
    views.forEach((need, into) -> of(anchor, need).copyTo(into, row * pixels));
    vectors.forEach(
        (need, into) ->
            System.arraycopy(
                Vectors.floats(of(anchor, need)), 0, into, row * dimension, dimension));
    origins.add(origin);
  }

  /** Takes note of one that is held out, in its place among the others. */
  void hold(Origin origin) {
    origins.add(origin);
  }

  boolean full() {
    return rows == batch;
  }

  /** Anchors, without those that are held out. */
  int pending() {
    return rows;
  }

  /** In the order they came. */
  List<Origin> origins() {
    return origins;
  }

  /** The full batch; valid until {@link #clear}. */
  AnchorBatch batch() {
    AnchorBatch full = new AnchorBatch(batch);
    views.forEach(full::with);
    vectors.forEach(full::with);
    return full;
  }

  void clear() {
    origins.clear();
    rows = 0;
  }

  /** Where a record of {@code bags} has an ingredient. */
  private static ByteString of(BaggedAnchor anchor, Ingredient ingredient) {
    return switch (ingredient) {
      case QUERY_VIEW -> anchor.getQueryView();
      case KEY_VIEW -> anchor.getKeyView();
      case MEMBER_VIEW -> anchor.getMemberView();
      case MEMBER_QUERY_VIEW -> anchor.getMemberQueryView();
      case QUERY_EMBEDDING -> anchor.getQueryEmbedding();
      case KEY_EMBEDDING -> anchor.getKey();
      case MEMBER_EMBEDDING -> anchor.getMemberKey();
      case MEMBER_QUERY_EMBEDDING -> anchor.getMemberQueryEmbedding();
    };
  }

  private static void checkSize(Ingredient what, ByteString bytes, int wanted)
      throws PoisonRecordException {
    if (bytes.size() != wanted) {
      String name = what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      throw new PoisonRecordException(
          "a " + name + " of " + bytes.size() + " bytes where the student takes " + wanted);
    }
  }
}
