package io.bagpipe.verticles.student;

import com.google.protobuf.ByteString;
import io.bagpipe.model.bingo.BingoBatch;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.BaggedAnchor;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects anchors, in the order they come, until a training batch is full. The borders of Kafka
 * records play no part. Confined to the training thread.
 */
final class BatchAccumulator {
  /** Where an anchor came from: its image, and its place in {@code bags}. */
  record Origin(ImageCoordinates image, int partition, long offset, int taken, boolean last) {}

  private final int batch;
  private final int pixels;
  private final int dimension;
  private final byte[] queryViews;
  private final byte[] memberViews;
  private final float[] keys;
  private final float[] memberKeys;
  private final List<Origin> origins = new ArrayList<>();

  /**
   * @param batch anchors a step
   * @param size side of the views, pixels
   * @param dimension values of a key
   */
  BatchAccumulator(int batch, int size, int dimension) {
    this.batch = batch;
    this.pixels = 3 * size * size;
    this.dimension = dimension;
    queryViews = new byte[batch * pixels];
    memberViews = new byte[batch * pixels];
    keys = new float[batch * dimension];
    memberKeys = new float[batch * dimension];
  }

  /** Whether an anchor fits the student; checked for a whole record before any of it is taken. */
  void check(BaggedAnchor anchor) throws PoisonRecordException {
    checkSize("query view", anchor.getQueryView(), pixels);
    checkSize("member view", anchor.getMemberView(), pixels);
    checkSize("key", anchor.getKey(), 4 * dimension);
    checkSize("member key", anchor.getMemberKey(), 4 * dimension);
  }

  void add(BaggedAnchor anchor, Origin origin) {
    int row = origins.size();
    anchor.getQueryView().copyTo(queryViews, row * pixels);
    anchor.getMemberView().copyTo(memberViews, row * pixels);
    System.arraycopy(Vectors.floats(anchor.getKey()), 0, keys, row * dimension, dimension);
    System.arraycopy(
        Vectors.floats(anchor.getMemberKey()), 0, memberKeys, row * dimension, dimension);
    origins.add(origin);
  }

  boolean full() {
    return origins.size() == batch;
  }

  int pending() {
    return origins.size();
  }

  List<Origin> origins() {
    return origins;
  }

  /** The full batch; valid until {@link #clear}. */
  BingoBatch batch() {
    return new BingoBatch(batch, queryViews, memberViews, keys, memberKeys);
  }

  void clear() {
    origins.clear();
  }

  private static void checkSize(String what, ByteString bytes, int wanted)
      throws PoisonRecordException {
    if (bytes.size() != wanted) {
      throw new PoisonRecordException(
          "a " + what + " of " + bytes.size() + " bytes where the student takes " + wanted);
    }
  }
}
