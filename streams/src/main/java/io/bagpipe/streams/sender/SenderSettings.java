package io.bagpipe.streams.sender;

/**
 * @param topic the images
 * @param maxRecordBytes largest image with key and headers
 * @param maxInFlightRecords not yet acknowledged
 * @param maxInFlightBytes the same in bytes; one image always fits
 */
public record SenderSettings(
    String topic, int maxRecordBytes, int maxInFlightRecords, long maxInFlightBytes) {

  public SenderSettings {
    if (maxRecordBytes < 1 || maxInFlightRecords < 1 || maxInFlightBytes < 1) {
      throw new IllegalArgumentException(
          "sender limits are %d, %d and %d, must be positive"
              .formatted(maxRecordBytes, maxInFlightRecords, maxInFlightBytes));
    }
  }

  /** Records of up to 16 MiB, 10,000 or 32 MiB on their way. */
  public static SenderSettings to(String topic) {
    return to(topic, 16 << 20);
  }

  /** Records of up to so many bytes, 10,000 or 32 MiB on their way. */
  public static SenderSettings to(String topic, int maxRecordBytes) {
    return new SenderSettings(topic, maxRecordBytes, 10_000, 32L << 20);
  }
}
