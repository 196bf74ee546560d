package io.bagpipe.verticles.teacher;

import com.google.protobuf.ByteString;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherOutput;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.OversizedItemException;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Replaces the key and index views of each anchor by what the teacher says of them. Anchors whose
 * views do not fit the teacher's input are poison: their record becomes a dead letter. Confined to
 * the stage's worker thread; closes the teacher on it.
 */
final class TeacherFunction implements StageFunction {
  static final String STAGE = "teacher";

  private final TeacherEncoder teacher;
  private final int maxRecordBytes;
  private final LongAdder images;

  TeacherFunction(TeacherEncoder teacher, int maxRecordBytes, LongAdder images) {
    this.teacher = teacher;
    this.maxRecordBytes = maxRecordBytes;
    this.images = images;
  }

  @Override
  public StageOutput apply(List<InputRecord> records) {
    List<OutputRecord> outputs = new ArrayList<>(records.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (InputRecord record : records) {
      try {
        outputs.addAll(records(embed(Codecs.parseViews(record))));
      } catch (PoisonRecordException e) {
        deadLetters.add(
            new DeadLetter(
                record, STAGE, e.getClass().getSimpleName(), String.valueOf(e.getMessage())));
      }
    }
    return new StageOutput(outputs, deadLetters);
  }

  private List<OutputRecord> records(List<EmbeddedAnchor> items) {
    EmbeddingBatch batch =
        EmbeddingBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(teacher.inputSize())
            .addAllItems(items)
            .build();
    try {
      return Codecs.serialise(batch, maxRecordBytes).stream()
          .map(bytes -> OutputRecord.of(null, bytes))
          .toList();
    } catch (OversizedItemException e) {
      // two views less and two vectors more than what the augment stage found small enough
      throw new IllegalStateException("limits.record-bytes: " + e.getMessage(), e);
    }
  }

  private List<EmbeddedAnchor> embed(ViewBatch batch) throws PoisonRecordException {
    int pixels = 3 * teacher.inputSize() * teacher.inputSize();
    List<AnchorViews> present =
        batch.getItemsList().stream().filter(item -> !item.getAnchor().getRemoved()).toList();
    byte[] index = new byte[present.size() * pixels];
    byte[] key = new byte[present.size() * pixels];
    for (int i = 0; i < present.size(); i++) {
      copy(present.get(i).getIndexView(), index, i * pixels, pixels);
      copy(present.get(i).getKeyView(), key, i * pixels, pixels);
    }
    images.add(present.size());
    TeacherOutput said = teacher.encode(index, key, present.size());
    List<EmbeddedAnchor> items = new ArrayList<>(batch.getItemsCount());
    int row = 0;
    for (AnchorViews item : batch.getItemsList()) {
      EmbeddedAnchor.Builder embedded = EmbeddedAnchor.newBuilder().setAnchor(item.getAnchor());
      if (!item.getAnchor().getRemoved()) {
        embedded
            .setQueryView(item.getQueryView())
            .setFeatures(row(said.features(), row, teacher.featureDimension()))
            .setKey(row(said.embeddings(), row, teacher.embeddingDimension()));
        row++;
      }
      items.add(embedded.build());
    }
    return items;
  }

  private static ByteString row(float[] matrix, int row, int columns) {
    return Vectors.bytes(Arrays.copyOfRange(matrix, row * columns, (row + 1) * columns));
  }

  private static void copy(ByteString view, byte[] into, int at, int pixels)
      throws PoisonRecordException {
    if (view.size() != pixels) {
      throw new PoisonRecordException(
          "a view of " + view.size() + " bytes where the teacher takes " + pixels);
    }
    view.copyTo(into, at);
  }
}
