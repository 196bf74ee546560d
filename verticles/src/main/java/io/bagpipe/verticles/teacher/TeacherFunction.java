package io.bagpipe.verticles.teacher;

import com.google.protobuf.ByteString;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.OversizedItemException;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.stage.ImageRecords;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Needs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Draws views that were not drawn yet, replaces the key and index views of each anchor by what the
 * teacher says of them, and says of the query view what the objective asks for. Confined to the
 * stage's worker thread; the verticle closes the teacher.
 *
 * <p>Anchors whose views do not fit the teacher's input are poison: their record becomes a dead
 * letter. An image of which the teacher says nothing usable becomes a dead letter of the images'
 * topic, as if the augment stage had refused it, and its neighbours go on as if it had not been
 * there. A teacher that refuses every image therefore trains nothing and stops nothing: what shows
 * it are the dead letters, their count in the metrics and the alarm on their share.
 */
final class TeacherFunction implements StageFunction {
  static final String STAGE = "teacher";
  static final String REFUSED = "TEACHER_REFUSED";

  private static final byte[] NONE = new byte[0];
  private static final float[] NO_ROWS = new float[0];

  private final TeacherEncoder teacher;
  private final TeacherViews views;
  private final Needs needs;
  private final Makers makers;
  private final Lineage own;
  private final String imagesTopic;
  private final int maxRecordBytes;
  private final LongAdder images;
  private final Consumer<DeadLetter> onDeadLetter;

  /**
   * What made a batch.
   *
   * @param makers of what comes
   * @param own what this stage adds
   */
  record Trace(Makers makers, Lineage own) {}

  /**
   * @param views of what comes, and what becomes of them
   * @param needs what to embed
   * @param trace what made a batch
   * @param imagesTopic that the images came from
   * @param maxRecordBytes of what is produced; larger batches are split
   * @param images counts those that the teacher was asked about
   * @param onDeadLetter told of each image that the teacher refused
   */
  TeacherFunction(
      TeacherEncoder teacher,
      TeacherViews views,
      Needs needs,
      Trace trace,
      String imagesTopic,
      int maxRecordBytes,
      LongAdder images,
      Consumer<DeadLetter> onDeadLetter) {
    this.teacher = teacher;
    this.views = views;
    this.needs = needs;
    this.makers = trace.makers();
    this.own = trace.own();
    this.imagesTopic = imagesTopic;
    this.maxRecordBytes = maxRecordBytes;
    this.images = images;
    this.onDeadLetter = onDeadLetter;
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws InterruptedException {
    List<OutputRecord> outputs = new ArrayList<>(records.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (InputRecord record : records) {
      try {
        List<DeadLetter> refused = new ArrayList<>();
        outputs.addAll(records(record, refused));
        refused.forEach(onDeadLetter);
        deadLetters.addAll(refused);
      } catch (PoisonRecordException e) {
        deadLetters.add(
            new DeadLetter(
                record, STAGE, e.getClass().getSimpleName(), String.valueOf(e.getMessage())));
      }
    }
    return new StageOutput(outputs, deadLetters);
  }

  private List<OutputRecord> records(InputRecord record, List<DeadLetter> refused)
      throws PoisonRecordException, InterruptedException {
    ViewBatch batch = Codecs.parseViews(record);
    Lineage made = makers.check(record, batch.getMadeBy());
    long pushed = record.timestampMillis();
    batch =
        views.complete(
            batch,
            (image, e) ->
                refused.add(
                    dead(image, pushed, e.reason().name(), String.valueOf(e.getMessage()))));
    try {
      return records(record, embed(record, batch, refused), made.and(own).text(), refused);
    } catch (PoisonRecordException e) {
      makers.requireOwn(record, batch.getMadeBy(), e);
      throw e;
    }
  }

  /** An image that with its vectors is too large for a record is a dead letter. */
  private List<OutputRecord> records(
      InputRecord record, List<EmbeddedAnchor> items, String madeBy, List<DeadLetter> refused) {
    while (!items.isEmpty()) {
      EmbeddingBatch batch =
          EmbeddingBatch.newBuilder()
              .setVersion(Codecs.VERSION)
              .setSize(teacher.inputSize())
              .setMadeBy(madeBy)
              .setPacking(views.packing())
              .addAllItems(items)
              .build();
      try {
        return Codecs.serialise(batch, maxRecordBytes).stream()
            .map(bytes -> OutputRecord.of(null, bytes))
            .toList();
      } catch (OversizedItemException e) {
        EmbeddedAnchor large = items.remove(e.item());
        refused.add(
            dead(
                large.getAnchor(),
                record.timestampMillis(),
                "TOO_MANY_BYTES",
                String.valueOf(e.getMessage())));
      }
    }
    return List.of();
  }

  private List<EmbeddedAnchor> embed(InputRecord record, ViewBatch batch, List<DeadLetter> refused)
      throws PoisonRecordException {
    Said said = ask(batch);
    List<EmbeddedAnchor> items = new ArrayList<>(batch.getItemsCount());
    int row = 0;
    for (AnchorViews item : batch.getItemsList()) {
      EmbeddedAnchor.Builder embedded = EmbeddedAnchor.newBuilder().setAnchor(item.getAnchor());
      if (!item.getAnchor().getRemoved()) {
        int asked = row++;
        String why = said.refused().get(asked);
        if (why != null) {
          refused.add(dead(item.getAnchor(), record.timestampMillis(), REFUSED, why));
          continue;
        }
        embedded
            .setQueryView(views.onward(item.getQueryView()))
            .setFeatures(row(said.features(), asked, teacher.featureDimension()));
        if (needs.keyViewsTravel()) {
          embedded.setKeyView(views.onward(item.getKeyView()));
        }
        if (needs.keys()) {
          embedded.setKey(row(said.keys(), asked, teacher.embeddingDimension()));
        }
        if (needs.queryEmbeddings()) {
          embedded.setQueryEmbedding(row(said.queries(), asked, teacher.embeddingDimension()));
        }
      }
      items.add(embedded.build());
    }
    return items;
  }

  /**
   * What the teacher said of a record's images, a row for each that is not a removal.
   *
   * @param keys empty where nobody needs them
   * @param queries embeddings of query views; empty where nobody needs them
   * @param refused why, by row
   */
  private record Said(
      float[] features, float[] keys, float[] queries, SortedMap<Integer, String> refused) {}

  private Said ask(ViewBatch batch) throws PoisonRecordException {
    List<AnchorViews> present =
        batch.getItemsList().stream().filter(item -> !item.getAnchor().getRemoved()).toList();
    int count = present.size();
    byte[] index = pixels(present, AnchorViews::getIndexView);
    byte[] key = needs.keys() ? pixels(present, AnchorViews::getKeyView) : NONE;
    byte[] query = needs.queryEmbeddings() ? pixels(present, AnchorViews::getQueryView) : NONE;
    images.add(count);
    SortedMap<Integer, String> refused = new TreeMap<>();
    float[] features = rows(teacher.features(index, count), refused);
    float[] keys = needs.keys() ? rows(teacher.embeddings(key, count), refused) : NO_ROWS;
    float[] queries =
        needs.queryEmbeddings() ? rows(teacher.embeddings(query, count), refused) : NO_ROWS;
    return new Said(features, keys, queries, refused);
  }

  private static float[] rows(UnitRows said, SortedMap<Integer, String> refused) {
    said.refused().forEach((row, why) -> refused.merge(row, why, (a, b) -> a + "; " + b));
    return said.rows();
  }

  private byte[] pixels(List<AnchorViews> items, Function<AnchorViews, ByteString> view)
      throws PoisonRecordException {
    int size = 3 * teacher.inputSize() * teacher.inputSize();
    byte[] all = new byte[items.size() * size];
    for (int i = 0; i < items.size(); i++) {
      copy(view.apply(items.get(i)), all, i * size, size);
    }
    return all;
  }

  private DeadLetter dead(Anchor image, long timestampMillis, String error, String why) {
    return new DeadLetter(ImageRecords.of(imagesTopic, image, timestampMillis), STAGE, error, why);
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
