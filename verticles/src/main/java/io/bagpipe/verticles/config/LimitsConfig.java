package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.size;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an image may be before it goes to the dead-letter topic. */
public record LimitsConfig(
    long imageBytes, long imagePixels, long recordBytes, Duration decode, Names names) {
  /** Most bytes of what an image is called: its id, and its label. UTF-8. */
  public record Names(int idBytes, int labelBytes) {
    /** Why an image of such an id and label is not taken, in one line; null: it is. */
    public @Nullable String refusal(int id, int label) {
      if (id > idBytes) {
        return "the id has " + id + " bytes, more than limits.id-bytes (" + idBytes + ")";
      }
      return label > labelBytes
          ? "the label has " + label + " bytes, more than limits.label-bytes (" + labelBytes + ")"
          : null;
    }

    /** The same of text. */
    public @Nullable String refusal(@Nullable String id, @Nullable String label) {
      return refusal(bytes(id), bytes(label));
    }

    private static int bytes(@Nullable String text) {
      return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }
  }

  static final Key<Long> IMAGE_BYTES =
      new Key<>(
          "limits.image-bytes",
          size(1024, 1L << 30),
          "8MiB",
          "Largest encoded image; a larger one is dead-lettered unread.");
  static final Key<Long> IMAGE_PIXELS =
      new Key<>(
          "limits.image-pixels",
          whole(1024, 1_000_000_000),
          "40000000",
          "Most pixels (width x height, from the image's header) before memory is taken for it.");
  static final Key<Long> RECORD_BYTES =
      new Key<>(
          "limits.record-bytes",
          size(65536, 1L << 30),
          "16MiB",
          "Largest Kafka record written; max.message.bytes of topics that have to be created. Not"
              + " under limits.image-bytes.");
  static final Key<Duration> DECODE_TIME =
      new Key<>(
          "limits.decode-time",
          duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
          "10s",
          "A decoder that takes more of a processor than this is cut off and its image dead-lettered;"
              + " time that the host stalls does not count.");

  static final Key<Long> ID_BYTES =
      new Key<>(
          "limits.id-bytes",
          size(16, 1 << 16),
          "2KiB",
          "Longest id (Kafka key) of an image; an image with a longer one is dead-lettered. Records of"
              + " bags hold bags.k ids and labels beside the anchor's own.");
  static final Key<Long> LABEL_BYTES =
      new Key<>(
          "limits.label-bytes",
          size(16, 1 << 16),
          "2KiB",
          "Longest label of an image; an image with a longer one is dead-lettered.");

  static final List<Key<?>> KEYS =
      List.of(IMAGE_BYTES, IMAGE_PIXELS, RECORD_BYTES, DECODE_TIME, ID_BYTES, LABEL_BYTES);

  public LimitsConfig {
    if (recordBytes < imageBytes) {
      throw new ConfigException(
          "limits.record-bytes: \""
              + ValueTypes.printSize(recordBytes)
              + "\" is not valid; expected at least limits.image-bytes ("
              + ValueTypes.printSize(imageBytes)
              + ")");
    }
  }

  static LimitsConfig from(Values v) {
    return new LimitsConfig(
        v.get(IMAGE_BYTES),
        v.get(IMAGE_PIXELS),
        v.get(RECORD_BYTES),
        v.get(DECODE_TIME),
        new Names(Math.toIntExact(v.get(ID_BYTES)), Math.toIntExact(v.get(LABEL_BYTES))));
  }
}
