package io.bagpipe.streams.broker;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the embedded broker runs.
 *
 * @param directory where it keeps everything; created when missing, owned by one process at a time
 * @param port 0 for any free port, else 1..65535; always on 127.0.0.1
 * @param maxRecordBytes largest record it accepts, before the protocol's own overhead
 * @param properties Kafka broker properties that override Bagpipe's choices (for tests and experts)
 */
public record BrokerSettings(
    Path directory, int port, int maxRecordBytes, Map<String, String> properties) {
  public static final int DEFAULT_MAX_RECORD_BYTES = 16 << 20;

  public BrokerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("broker port is " + port + ", must be 0..65535");
    }
    if (maxRecordBytes < 1024 || maxRecordBytes > 1 << 30) {
      throw new IllegalArgumentException(
          "maxRecordBytes is " + maxRecordBytes + ", must be 1 KiB..1 GiB");
    }
    properties = Map.copyOf(properties);
  }

  /** Any free port and records of up to 16 MiB. */
  public static BrokerSettings in(Path directory) {
    return new BrokerSettings(directory, 0, DEFAULT_MAX_RECORD_BYTES, Map.of());
  }

  public BrokerSettings withPort(int newPort) {
    return new BrokerSettings(directory, newPort, maxRecordBytes, properties);
  }
}
