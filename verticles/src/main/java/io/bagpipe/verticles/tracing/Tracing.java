package io.bagpipe.verticles.tracing;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span for each batch that a stage handles. The batch's parent is the span that its first record
 * names in the W3C header {@code traceparent}; those that other records name are linked. What the
 * stage produces names its span in turn, so that a batch can be followed through all topics. Spans
 * that cannot be sent in time are dropped: tracing never holds training up. Any thread.
 */
public final class Tracing implements AutoCloseable {
  /** No spans, no headers. */
  public static final Tracing OFF = new Tracing(null);

  private static final int MOST_LINKS = 128;
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final AttributeKey<Long> RECORDS =
      AttributeKey.longKey("messaging.batch.message_count");
  private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
  private static final AttributeKey<String> STAGE = AttributeKey.stringKey("bagpipe.stage");

  private static final TextMapGetter<Map<String, byte[]>> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, byte[]> headers) {
          return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, byte[]> headers, String name) {
          byte[] value = headers == null ? null : headers.get(name);
          return value == null ? null : new String(value, StandardCharsets.US_ASCII);
        }
      };

  private final @Nullable SdkTracerProvider provider;
  private final @Nullable Tracer tracer;

  private Tracing(@Nullable SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider == null ? null : provider.get("io.bagpipe");
  }

  /**
   * Spans to a collector, OTLP over HTTP.
   *
   * @param endpoint such as {@code http://localhost:4318}
   * @param instance of this process
   */
  public static Tracing to(String endpoint, String instance) {
    String address = endpoint.endsWith("/") ? endpoint : endpoint + "/";
    return of(
        BatchSpanProcessor.builder(
                OtlpHttpSpanExporter.builder().setEndpoint(address + "v1/traces").build())
            .build(),
        instance);
  }

  static Tracing of(SpanProcessor processor, String instance) {
    Attributes about =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "bagpipe",
            AttributeKey.stringKey("service.instance.id"),
            instance);
    return new Tracing(
        SdkTracerProvider.builder()
            .addSpanProcessor(processor)
            .setResource(Resource.getDefault().merge(Resource.create(about)))
            .build());
  }

  /** The stage's function, with a span around each batch; itself when there is no tracing. */
  public StageFunction around(String stage, StageFunction function) {
    return tracer == null ? function : new TracedFunction(this, stage, function);
  }

  /** Work on a batch; whoever begins it closes it, on the same thread. */
  public static final class Work implements AutoCloseable {
    private final @Nullable Span span;

    private Work(@Nullable Span span) {
      this.span = span;
    }

    /** What the records that come of it carry besides their own headers. */
    Map<String, byte[]> headers() {
      Map<String, byte[]> headers = new HashMap<>();
      if (span != null) {
        W3CTraceContextPropagator.getInstance()
            .inject(
                Context.root().with(span),
                headers,
                (into, name, value) -> {
                  if (into != null) {
                    into.put(name, value.getBytes(StandardCharsets.US_ASCII));
                  }
                });
      }
      return headers;
    }

    /** It ended with this. */
    public void failed(Throwable error) {
      if (span != null) {
        span.setStatus(StatusCode.ERROR, error.getClass().getName());
      }
    }

    @Override
    public void close() {
      if (span != null) {
        span.end();
      }
    }
  }

  /**
   * Begins work on records of one partition.
   *
   * @param batch at least one
   */
  public Work begin(String stage, List<InputRecord> batch) {
    Tracer with = tracer;
    if (with == null) {
      return new Work(null);
    }
    InputRecord first = batch.get(0);
    SpanBuilder builder =
        with.spanBuilder("process " + first.topic())
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(SYSTEM, "kafka")
            .setAttribute(TOPIC, first.topic())
            .setAttribute(PARTITION, Integer.toString(first.partition()))
            .setAttribute(OFFSET, first.offset())
            .setAttribute(RECORDS, (long) batch.size())
            .setAttribute(STAGE, stage)
            .setParent(context(first));
    Set<SpanContext> linked = new LinkedHashSet<>();
    for (InputRecord record : batch) {
      linked.add(Span.fromContext(context(record)).getSpanContext());
    }
    linked.remove(Span.fromContext(context(first)).getSpanContext());
    linked.stream().filter(SpanContext::isValid).limit(MOST_LINKS).forEach(builder::addLink);
    return new Work(builder.startSpan());
  }

  private static Context context(InputRecord record) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), record.headers(), HEADERS);
  }

  /** Sends what is left, for five seconds at most. */
  @Override
  public void close() {
    if (provider != null) {
      provider.shutdown().join(5, TimeUnit.SECONDS);
    }
  }
}
