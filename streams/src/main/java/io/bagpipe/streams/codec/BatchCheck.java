package io.bagpipe.streams.codec;

import com.google.protobuf.ByteString;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.record.InputRecord;

/** Looks through the items of one batch, in order. Confined to one thread. */
final class BatchCheck {
  private static final int MAX_SIZE = 16_384;

  private final InputRecord record;
  private final int pixelBytes;
  private final int packing;
  private boolean first = true;
  private int sourcePartition;
  private long lastOffset;

  BatchCheck(InputRecord record, int version, int size, int packing) throws PoisonRecordException {
    Codecs.version(record, version);
    if (packing != PackedViews.NONE && packing != PackedViews.GRADIENT) {
      throw new PoisonRecordException(
          record.coordinates() + " has views packed in a way unknown here, " + packing);
    }
    if (size < 1 || size > MAX_SIZE) {
      throw new PoisonRecordException(
          record.coordinates() + " has views of size " + size + ", must be 1.." + MAX_SIZE);
    }
    this.record = record;
    this.pixelBytes = size * size * 3;
    this.packing = packing;
  }

  /** One that is rehearsed came in another place; that of its record's other anchors it keeps. */
  boolean anchor(BaggedAnchor item) throws PoisonRecordException {
    return item.getRehearsed() || anchor(item.getAnchor());
  }

  /** False for one that is removed. */
  boolean anchor(Anchor anchor) throws PoisonRecordException {
    if (first) {
      first = false;
      sourcePartition = anchor.getSourcePartition();
    } else if (anchor.getSourcePartition() != sourcePartition
        || anchor.getSourceOffset() <= lastOffset) {
      throw new PoisonRecordException(
          "%s has source %d-%d after %d-%d, must be one partition in rising order"
              .formatted(
                  record.coordinates(),
                  anchor.getSourcePartition(),
                  anchor.getSourceOffset(),
                  sourcePartition,
                  lastOffset));
    }
    lastOffset = anchor.getSourceOffset();
    return !anchor.getRemoved();
  }

  void pixels(String field, ByteString pixels) throws PoisonRecordException {
    if (packing == PackedViews.GRADIENT) {
      if (!PackedViews.isOf(pixels, pixelBytes)) {
        throw wrong(field, pixels.size(), "a packed view of " + pixelBytes);
      }
    } else if (pixels.size() != pixelBytes) {
      throw wrong(field, pixels.size(), Integer.toString(pixelBytes));
    }
  }

  /** What the objective may have left out: who needs it finds that it is missing. */
  void pixelsIfAny(String field, ByteString pixels) throws PoisonRecordException {
    if (!pixels.isEmpty()) {
      pixels(field, pixels);
    }
  }

  void vectorIfAny(String field, ByteString vector) throws PoisonRecordException {
    if (!vector.isEmpty()) {
      vector(field, vector);
    }
  }

  void vector(String field, ByteString vector) throws PoisonRecordException {
    if (vector.isEmpty() || vector.size() % Float.BYTES != 0) {
      throw wrong(field, vector.size(), "a positive multiple of 4");
    }
  }

  private PoisonRecordException wrong(String field, int bytes, String valid) {
    return new PoisonRecordException(
        "%s: %s of source %d-%d has %d bytes, must be %s"
            .formatted(record.coordinates(), field, sourcePartition, lastOffset, bytes, valid));
  }
}
