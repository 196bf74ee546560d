package io.bagpipe.verticles.augment;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.reference.FetchDelayedException;
import io.bagpipe.streams.reference.Fetched;
import io.bagpipe.streams.reference.Outcome;
import io.bagpipe.streams.reference.Wanted;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.stage.ImageRecords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts an image where a record only says where one is, and hands the records on. A record with a
 * value of its own is left alone, whatever its headers say. What cannot be had for good is a dead
 * letter, and so is what turns out to be no image: the record as it was pushed. What cannot be had
 * just now lets those before it go on, and comes again. Confined to the stage's worker thread.
 */
final class FetchingFunction implements StageFunction {
  private final Source source;
  private final long maxBytes;
  private final StageFunction augment;
  private final Consumer<DeadLetter> onDeadLetter;

  /** Where images come from: {@code References.fetch}. */
  interface Source {
    /** What came of the first of these, at least of one. */
    List<Outcome> fetch(List<Wanted> wanted, long maxBytes)
        throws FetchDelayedException, InterruptedException;
  }

  /**
   * @param maxBytes of fetched images that one call of augment is given
   * @param augment what is done with images
   * @param onDeadLetter told of each that was not to be had
   */
  FetchingFunction(
      Source source, long maxBytes, StageFunction augment, Consumer<DeadLetter> onDeadLetter) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.augment = augment;
    this.onDeadLetter = onDeadLetter;
  }

  /** What there is of a batch: as far as it goes, in order. */
  private record Had(
      List<InputRecord> images, Map<Long, InputRecord> pushed, List<DeadLetter> dead) {}

  @Override
  public StageOutput apply(List<InputRecord> batch) throws Exception {
    List<Wanted> wanted =
        batch.stream().filter(ImageRecords::isReference).map(this::wanted).toList();
    if (wanted.isEmpty()) {
      return augment.apply(batch);
    }
    List<Outcome> outcomes = List.of();
    FetchDelayedException delayed = null;
    try {
      outcomes = source.fetch(wanted, maxBytes);
    } catch (FetchDelayedException e) {
      delayed = e;
    }
    Had had = new Had(new ArrayList<>(), new HashMap<>(), new ArrayList<>());
    int taken = take(batch, outcomes, had);
    if (taken == 0 && delayed != null) {
      throw new NotFetchedException(delayed);
    }
    StageOutput made = had.images().isEmpty() ? StageOutput.NOTHING : augment.apply(had.images());
    List<DeadLetter> dead = new ArrayList<>(had.dead());
    made.deadLetters().forEach(letter -> dead.add(asPushed(letter, had.pushed())));
    had.dead().forEach(onDeadLetter);
    return new StageOutput(made.records(), dead, made.changes(), taken);
  }

  /** How many records the outcomes are enough for. */
  private static int take(List<InputRecord> batch, List<Outcome> outcomes, Had into) {
    int used = 0;
    for (int i = 0; i < batch.size(); i++) {
      InputRecord record = batch.get(i);
      if (!ImageRecords.isReference(record)) {
        into.images().add(record);
      } else if (used == outcomes.size()) {
        return i;
      } else if (outcomes.get(used++) instanceof Outcome.Had had) {
        into.images().add(with(record, had.image()));
        into.pushed().put(record.offset(), record);
      } else if (outcomes.get(used - 1) instanceof Outcome.Refused refused) {
        into.dead()
            .add(
                new DeadLetter(
                    record, AugmentFunction.STAGE, refused.refusal().name(), refused.message()));
      }
    }
    return batch.size();
  }

  private static DeadLetter asPushed(DeadLetter letter, Map<Long, InputRecord> pushed) {
    @Nullable InputRecord record = pushed.get(letter.record().offset());
    return record == null
        ? letter
        : new DeadLetter(record, letter.stage(), letter.errorClass(), letter.message());
  }

  private Wanted wanted(InputRecord record) {
    return new Wanted(
        record.partition(),
        record.offset(),
        ImageRecords.uri(record),
        ImageRecords.version(record));
  }

  private static InputRecord with(InputRecord record, Fetched image) {
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
    headers.put(ImageRecords.VERSION_HEADER, image.version().getBytes(StandardCharsets.UTF_8));
    return new InputRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        image.bytes(),
        headers,
        record.timestampMillis());
  }

  @Override
  public void assigned(int partition, long committedOffset) throws Exception {
    augment.assigned(partition, committedOffset);
  }

  @Override
  public void revoked(int partition) {
    augment.revoked(partition);
  }
}
