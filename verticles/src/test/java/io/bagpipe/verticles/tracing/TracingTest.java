package io.bagpipe.verticles.tracing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {
  private static final String PRODUCER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final String OTHER = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";

  private final InMemorySpanExporter sent = InMemorySpanExporter.create();
  private final Tracing tracing = Tracing.of(SimpleSpanProcessor.create(sent), "0");
  private final StageFunction copy =
      batch ->
          StageOutput.of(
              batch.stream().map(r -> new OutputRecord(r.key(), new byte[1], Map.of())).toList());

  @AfterEach
  void close() {
    tracing.close();
  }

  private static InputRecord record(String topic, long offset, Map<String, byte[]> headers) {
    return new InputRecord(topic, 0, offset, null, new byte[1], headers, 0);
  }

  private static Map<String, byte[]> from(String traceparent) {
    return Map.of("traceparent", traceparent.getBytes(US_ASCII));
  }

  @Test
  void aBatchIsFollowedThroughTwoStages() throws Exception {
    StageOutput views =
        tracing.around("augment", copy).apply(List.of(record("images", 7, from(PRODUCER))));
    Map<String, byte[]> carried = views.records().get(0).headers();
    try (Tracing.Work work = tracing.begin("student", List.of(record("bags", 3, carried)))) {
      assertThat(work.headers()).containsKey("traceparent");
    }

    List<SpanData> spans = sent.getFinishedSpanItems();
    assertThat(spans)
        .extracting(SpanData::getName)
        .containsExactly("process images", "process bags");
    assertThat(spans)
        .extracting(SpanData::getTraceId)
        .containsOnly("0af7651916cd43dd8448eb211c80319c");
    assertThat(spans.get(0).getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(spans.get(1).getParentSpanId()).isEqualTo(spans.get(0).getSpanId());
    assertThat(new String(carried.get("traceparent"), US_ASCII))
        .isEqualTo("00-" + spans.get(0).getTraceId() + "-" + spans.get(0).getSpanId() + "-01");
  }

  @Test
  void recordsOfOtherTracesAreLinked() throws Exception {
    tracing
        .around("augment", copy)
        .apply(
            List.of(
                record("images", 1, from(PRODUCER)),
                record("images", 2, from(OTHER)),
                record("images", 3, from(OTHER)),
                record("images", 4, Map.of("traceparent", new byte[] {1, 2})),
                record("images", 5, Map.of())));

    SpanData span = sent.getFinishedSpanItems().get(0);
    assertThat(span.getLinks()).hasSize(1);
    assertThat(span.getLinks().get(0).getSpanContext().getSpanId()).isEqualTo("c7ad6b7169203331");
  }

  @Test
  void aFailureEndsTheSpanAndGoesOn() {
    StageFunction broken =
        batch -> {
          throw new IllegalStateException("no");
        };

    assertThatThrownBy(
            () -> tracing.around("bags", broken).apply(List.of(record("embeddings", 0, Map.of()))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(sent.getFinishedSpanItems().get(0).getStatus().getStatusCode())
        .isEqualTo(StatusCode.ERROR);
  }

  @Test
  void whatAStageIsToldOfItsPartitionsGoesThrough() throws Exception {
    StringBuilder told = new StringBuilder();
    StageFunction listening =
        new StageFunction() {
          @Override
          public StageOutput apply(List<InputRecord> batch) {
            return StageOutput.NOTHING;
          }

          @Override
          public void assigned(int partition, long committedOffset) {
            told.append("+").append(partition).append("@").append(committedOffset);
          }

          @Override
          public void revoked(int partition) {
            told.append("-").append(partition);
          }
        };
    StageFunction traced = tracing.around("bags", listening);

    traced.assigned(2, 5);
    traced.revoked(2);

    assertThat(told).hasToString("+2@5-2");
  }

  @Test
  void offIsNothingAtAll() throws Exception {
    assertThat(Tracing.OFF.around("augment", copy)).isSameAs(copy);
    try (Tracing.Work work = Tracing.OFF.begin("student", List.of(record("bags", 0, Map.of())))) {
      assertThat(work.headers()).isEmpty();
    }
  }
}
