package io.bagpipe.streams.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseStateTest {
  /** {@code offset.metadata.max.bytes}, as Kafka has it when nobody sets it. */
  private static final int KAFKA_TAKES = 4096;

  @Test
  void fitsIntoWhatKafkaTakesHoweverLongThePathsAre() {
    String path = "/a \"directory\"".repeat(300);
    String note = "{\"file\":\"" + Holder.brief(path).replace("\"", "\\\"") + "\"}";
    LeaseState state =
        new LeaseState(Long.MAX_VALUE, Holder.here("an id", path), Long.MAX_VALUE, true, note);

    String written = state.written().metadata();

    assertThat(written.length()).isLessThan(KAFKA_TAKES);
    assertThat(LeaseState.read("group", state.written())).isEqualTo(state);
    assertThat(state.holder().where()).startsWith("process ").endsWith("\"directory\")");
  }

  @Test
  void whatIsShortIsLeftAsItIs() {
    assertThat(Holder.brief("/data")).isEqualTo("/data");
  }
}
