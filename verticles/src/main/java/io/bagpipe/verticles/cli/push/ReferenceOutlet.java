package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.streams.reference.FetchRefusedException;
import io.bagpipe.streams.reference.Reference;
import io.bagpipe.verticles.cli.kafka.ImageOutlet;
import io.bagpipe.verticles.cli.kafka.KafkaOutlet;
import io.bagpipe.verticles.cli.kafka.RecordLimit;
import io.bagpipe.verticles.stage.ImageRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends where images are instead of the images: an empty value, and the URI of what has the image's
 * id below a beginning of URIs. Closes the outlet that it sends through.
 */
final class ReferenceOutlet implements ImageOutlet {
  private static final byte[] NOTHING = {};

  private final KafkaOutlet outlet;
  private final String base;

  /**
   * @param base {@code s3://bucket/prefix}, {@code https://host/path}, {@code file:///folder}
   */
  ReferenceOutlet(KafkaOutlet outlet, String base) {
    this.outlet = outlet;
    this.base = base;
  }

  @Override
  public RecordLimit limit() {
    return outlet.limit();
  }

  @Override
  public void send(LabelledImage image, Consumer<@Nullable Throwable> done)
      throws InterruptedException {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    try {
      headers.put(ImageRecords.URI_HEADER, utf8(uri(base, image.id())));
    } catch (FetchRefusedException e) {
      done.accept(e);
      return;
    }
    String label = image.label();
    if (label != null) {
      headers.put(ImageRecords.LABEL_HEADER, utf8(label));
    }
    outlet.send(utf8(image.id()), NOTHING, headers, done);
  }

  /** The URI of an image below a beginning of URIs; one that would be refused is refused here. */
  static String uri(String base, String id) throws FetchRefusedException {
    String path = Path.of(id).normalize().toString();
    String below = path.startsWith("/") ? path.substring(1) : path;
    String uri = (base.endsWith("/") ? base : base + "/") + Reference.encoded(below);
    Reference.parse(uri);
    return uri;
  }

  @Override
  public void flush() {
    outlet.flush();
  }

  @Override
  public void close() {
    outlet.close();
  }

  private static byte[] utf8(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }
}
