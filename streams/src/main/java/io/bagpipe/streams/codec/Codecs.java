package io.bagpipe.streams.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
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
 * version is {@value #VERSION}, pixels have size × size × 3 bytes or are a packed view of as many,
 * vectors have a multiple of four and are there, and all anchors come from one source partition in
 * rising order of offset. Removed anchors carry no pixels and no vectors. Rehearsed anchors stand
 * outside that order.
 *
 * <p>Parsed byte fields may share the record's array: do not change that afterwards.
 */
public final class Codecs {
  public static final int VERSION = 1;

  /** Of a student that does not serve; one that does is of {@link #VERSION}. */
  public static final int VERSION_NOT_SERVING = 2;

  /** Least room left for version and size of a batch, each a field of at most six bytes. */
  private static final int BATCH_HEAD_BYTES = 12;

  private Codecs() {}

  public static ViewBatch parseViews(InputRecord record) throws PoisonRecordException {
    ViewBatch batch = parse(record, ViewBatch.parser());
    BatchCheck check =
        new BatchCheck(record, batch.getVersion(), batch.getSize(), PackedViews.NONE);
    for (AnchorViews item : batch.getItemsList()) {
      if (check.anchor(item.getAnchor()) && hasViews(item)) {
        check.pixels("query_view", item.getQueryView());
        check.pixelsIfAny("key_view", item.getKeyView());
        check.pixels("index_view", item.getIndexView());
      }
    }
    return batch;
  }

  /** Whether its views were drawn; else they are drawn from its file. */
  public static boolean hasViews(AnchorViews item) {
    return !item.getIndexView().isEmpty() || !item.getQueryView().isEmpty();
  }

  public static EmbeddingBatch parseEmbeddings(InputRecord record) throws PoisonRecordException {
    EmbeddingBatch batch = parse(record, EmbeddingBatch.parser());
    BatchCheck check =
        new BatchCheck(record, batch.getVersion(), batch.getSize(), batch.getPacking());
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
    BatchCheck check =
        new BatchCheck(record, batch.getVersion(), batch.getSize(), batch.getPacking());
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

  /**
   * The same with pixels in place of packed views.
   *
   * @throws PoisonRecordException when one of them cannot be unpacked
   */
  public static BagBatch unpacked(BagBatch batch) throws PoisonRecordException {
    if (batch.getPacking() == PackedViews.NONE) {
      return batch;
    }
    BagBatch.Builder pixels = batch.toBuilder().clearItems().setPacking(PackedViews.NONE);
    int size = batch.getSize();
    for (BaggedAnchor item : batch.getItemsList()) {
      pixels.addItems(
          item.toBuilder()
              .setQueryView(unpacked(item.getQueryView(), size))
              .setKeyView(unpacked(item.getKeyView(), size))
              .setMemberView(unpacked(item.getMemberView(), size))
              .setMemberQueryView(unpacked(item.getMemberQueryView(), size)));
    }
    return pixels.build();
  }

  private static ByteString unpacked(ByteString view, int size) throws PoisonRecordException {
    return view.isEmpty() ? view : UnsafeByteOperations.unsafeWrap(PackedViews.unpack(view, size));
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
    if (student.getVersion() != VERSION_NOT_SERVING) {
      version(record, student.getVersion());
    }
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

  static void version(InputRecord record, int version) throws PoisonRecordException {
    if (version != VERSION) {
      throw new PoisonRecordException(
          record.coordinates() + " has version " + version + ", must be " + VERSION);
    }
  }
}
