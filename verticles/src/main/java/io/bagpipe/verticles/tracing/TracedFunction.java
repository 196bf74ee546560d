package io.bagpipe.verticles.tracing;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A stage's function with a span around each batch. */
final class TracedFunction implements StageFunction {
  private final Tracing tracing;
  private final String stage;
  private final StageFunction function;

  TracedFunction(Tracing tracing, String stage, StageFunction function) {
    this.tracing = tracing;
    this.stage = stage;
    this.function = function;
  }

  @Override
  public StageOutput apply(List<InputRecord> batch) throws Exception {
    try (Tracing.Work work = tracing.begin(stage, batch)) {
      try {
        return named(function.apply(batch), work.headers());
      } catch (Exception e) {
        work.failed(e);
        throw e;
      }
    }
  }

  private static StageOutput named(StageOutput output, Map<String, byte[]> headers) {
    return new StageOutput(
        output.records().stream().map(record -> with(record, headers)).toList(),
        output.deadLetters(),
        output.changes(),
        output.taken());
  }

  private static OutputRecord with(OutputRecord record, Map<String, byte[]> headers) {
    Map<String, byte[]> all = new HashMap<>(record.headers());
    all.putAll(headers);
    return new OutputRecord(record.key(), record.value(), all);
  }

  @Override
  public void assigned(int partition, long committedOffset) throws Exception {
    function.assigned(partition, committedOffset);
  }

  @Override
  public void revoked(int partition) {
    function.revoked(partition);
  }
}
