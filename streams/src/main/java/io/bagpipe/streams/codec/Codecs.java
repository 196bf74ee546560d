package io.bagpipe.streams.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.DriftBlock;
import io.bagpipe.streams.proto.DriftFound;
import io.bagpipe.streams.proto.DriftState;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.MemoryEntry;
import io.bagpipe.streams.proto.StudentAnnouncement;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.InputRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The batches of the inner topics as bytes and back.
 *
 * <p>Parsing checks all that a stage would otherwise trip over: that the bytes are a message, its
 * version is {@value #VERSION}, pixels have size × size × 3 bytes, vectors have a multiple of four
 * and are there, and all anchors come from one source partition in rising order of offset. Removed
 * anchors carry no pixels and no vectors. Rehearsed anchors stand outside that order.
 *
 * <p>Parsed byte fields may share the record's array: do not change that afterwards.
 */
public final class Codecs {
  public static final int VERSION = 1;

  /** Least room left for version and size of a batch, each a field of at most six bytes. */
  private static final int BATCH_HEAD_BYTES = 12;

  private Codecs() {}

  public static ViewBatch parseViews(InputRecord record) throws PoisonRecordException {
    ViewBatch batch = parse(record, ViewBatch.parser());
    Check check = new Check(record, batch.getVersion(), batch.getSize());
    for (AnchorViews item : batch.getItemsList()) {
      if (check.anchor(item.getAnchor())) {
        check.pixels("query_view", item.getQueryView());
        check.pixelsIfAny("key_view", item.getKeyView());
        check.pixels("index_view", item.getIndexView());
      }
    }
    return batch;
  }

  public static EmbeddingBatch parseEmbeddings(InputRecord record) throws PoisonRecordException {
    EmbeddingBatch batch = parse(record, EmbeddingBatch.parser());
    Check check = new Check(record, batch.getVersion(), batch.getSize());
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (check.anchor(item.getAnchor())) {
        check.pixels("query_view", item.getQueryView());
        check.vector("features", item.getFeatures());
        check.vectorIfAny("key", item.getKey());
        check.vectorIfAny("query_embedding", item.getQueryEmbedding());
      }
    }
    return batch;
  }

  public static BagBatch parseBags(InputRecord record) throws PoisonRecordException {
    BagBatch batch = parse(record, BagBatch.parser());
    Check check = new Check(record, batch.getVersion(), batch.getSize());
    for (BaggedAnchor item : batch.getItemsList()) {
      if (check.anchor(item)) {
        check.pixels("query_view", item.getQueryView());
        check.pixelsIfAny("member_view", item.getMemberView());
        check.vectorIfAny("key", item.getKey());
        check.vectorIfAny("member_key", item.getMemberKey());
        check.vectorIfAny("query_embedding", item.getQueryEmbedding());
      }
    }
    return batch;
  }

  public static MemoryEntry parseMemory(InputRecord record) throws PoisonRecordException {
    MemoryEntry entry = parse(record, MemoryEntry.parser());
    version(record, entry.getVersion());
    return entry;
  }

  public static DriftState parseDriftState(InputRecord record) throws PoisonRecordException {
    DriftState state = parse(record, DriftState.parser());
    version(record, state.getVersion());
    return state;
  }

  public static DriftBlock parseDriftBlock(InputRecord record) throws PoisonRecordException {
    DriftBlock block = parse(record, DriftBlock.parser());
    version(record, block.getVersion());
    return block;
  }

  public static DriftFound parseDriftFound(InputRecord record) throws PoisonRecordException {
    DriftFound found = parse(record, DriftFound.parser());
    version(record, found.getVersion());
    return found;
  }

  public static StudentAnnouncement parseStudent(InputRecord record) throws PoisonRecordException {
    StudentAnnouncement student = parse(record, StudentAnnouncement.parser());
    version(record, student.getVersion());
    return student;
  }

  /** The same as bytes, in as few records of at most maxBytes as the order of items allows. */
  public static List<byte[]> serialise(ViewBatch batch, int maxBytes)
      throws OversizedItemException {
    return split(
        batch,
        batch.getItemsList(),
        part -> batch.toBuilder().clearItems().addAllItems(part).build(),
        maxBytes);
  }

  /** As for views. */
  public static List<byte[]> serialise(EmbeddingBatch batch, int maxBytes)
      throws OversizedItemException {
    return split(
        batch,
        batch.getItemsList(),
        part -> batch.toBuilder().clearItems().addAllItems(part).build(),
        maxBytes);
  }

  /** As for views. */
  public static List<byte[]> serialise(BagBatch batch, int maxBytes) throws OversizedItemException {
    return split(
        batch,
        batch.getItemsList(),
        part -> batch.toBuilder().clearItems().addAllItems(part).build(),
        maxBytes);
  }

  /**
   * Greedy and in order: each record takes items until the next one would not fit, so that equal
   * batches always split alike, whatever else is going on.
   */
  private static <I extends MessageLite, B extends MessageLite> List<byte[]> split(
      B batch, List<I> items, Function<List<I>, B> part, int maxBytes)
      throws OversizedItemException {
    if (batch.getSerializedSize() <= maxBytes) {
      return List.of(batch.toByteArray());
    }
    List<byte[]> records = new ArrayList<>();
    int head = Math.max(BATCH_HEAD_BYTES, part.apply(List.of()).getSerializedSize());
    int from = 0;
    long bytes = head;
    for (int i = 0; i < items.size(); i++) {
      // a field number below 16 takes one byte
      long size = 1L + CodedOutputStream.computeMessageSizeNoTag(items.get(i));
      if (head + size > maxBytes) {
        throw new OversizedItemException(i, head + size, maxBytes);
      }
      if (bytes + size > maxBytes) {
        records.add(part.apply(items.subList(from, i)).toByteArray());
        from = i;
        bytes = head;
      }
      bytes += size;
    }
    records.add(part.apply(items.subList(from, items.size())).toByteArray());
    return records;
  }

  private static <T> T parse(InputRecord record, Parser<T> parser) throws PoisonRecordException {
    byte[] value = record.value();
    if (value == null) {
      throw new PoisonRecordException(record.coordinates() + " has no value, must be a batch");
    }
    try {
      return parser.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new PoisonRecordException(
          record.coordinates() + " is no batch of version " + VERSION + ": " + e.getMessage(), e);
    }
  }

  private static void version(InputRecord record, int version) throws PoisonRecordException {
    if (version != VERSION) {
      throw new PoisonRecordException(
          record.coordinates() + " has version " + version + ", must be " + VERSION);
    }
  }

  private static final class Check {
    private static final int MAX_SIZE = 16_384;

    private final InputRecord record;
    private final int pixelBytes;
    private boolean first = true;
    private int sourcePartition;
    private long lastOffset;

    Check(InputRecord record, int version, int size) throws PoisonRecordException {
      version(record, version);
      if (size < 1 || size > MAX_SIZE) {
        throw new PoisonRecordException(
            record.coordinates() + " has views of size " + size + ", must be 1.." + MAX_SIZE);
      }
      this.record = record;
      this.pixelBytes = size * size * 3;
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
      if (pixels.size() != pixelBytes) {
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
}
