package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicSettings;

/**
 * How large a record may be, and what says so.
 *
 * @param bytes of id, image and label together
 * @param setting the Kafka setting that stands behind it, with its value
 */
public record RecordLimit(int bytes, String setting) {
  private static final String REQUEST = "max.request.size";

  /**
   * The smaller of what the topic and the producer's own settings allow.
   *
   * @param largestBatch the topic's {@code max.message.bytes}
   */
  public static RecordLimit of(String topic, long largestBatch, KafkaSettings kafka) {
    RecordLimit ofTopic =
        of(largestBatch, "max.message.bytes = " + largestBatch + " of topic " + topic);
    String request = kafka.properties().get(REQUEST);
    if (request == null) {
      return ofTopic;
    }
    RecordLimit ofRequest = of(Long.parseLong(request.strip()), REQUEST + " = " + request);
    return ofRequest.bytes < ofTopic.bytes ? ofRequest : ofTopic;
  }

  private static RecordLimit of(long most, String setting) {
    long overhead = Math.min(TopicSettings.OVERHEAD_BYTES, most / 16);
    return new RecordLimit((int) Math.max(1, Math.min(most - overhead, 1 << 30)), setting);
  }

  /** Why something is too large, to be put after its name. */
  public String refusal() {
    return "larger than the " + bytes + " bytes that " + setting + " leaves for a record";
  }
}
