package io.bagpipe.model.eval;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.data.StratifiedDraw;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Index views of images drawn from a part of a data set ({@link StratifiedDraw}). Which ones is
 * settled when it is opened; they are read and decoded every time, and none is kept. Confined to
 * one thread; whoever opens it closes it.
 */
public final class DrawnViews implements LabelledViews, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DrawnViews.class);

  private final Path data;
  private final ImageSource images;
  private final ViewFactory views;
  private final int mostBytes;
  private final int[] labels;
  private int unreadable;

  /**
   * How index views are made.
   *
   * @param views makes them; not this one's alone
   * @param limits of the files
   * @param classes the labels' numbers, to which new ones are added as they come; the same map for
   *     all that is evaluated together
   */
  public record Making(ViewFactory views, DecodeLimits limits, Map<String, Integer> classes) {}

  private DrawnViews(Path data, ImageSource images, Making making) throws IOException {
    this.data = data;
    this.images = images;
    this.views = making.views();
    this.mostBytes = making.limits().maxEncodedBytes();
    this.labels = new int[images.size()];
    Map<String, Integer> classes = making.classes();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = classes.computeIfAbsent(String.valueOf(images.label(i)), label -> classes.size());
    }
  }

  /**
   * Draws.
   *
   * @param most images wanted; all that have a label, where there are no more
   */
  public static DrawnViews open(Path data, Split split, int most, long seed, Making making)
      throws IOException {
    ImageSource source = ImageSources.open(data, split);
    try {
      int[] drawn = StratifiedDraw.of(source, most, seed);
      return new DrawnViews(data, ImageSources.subset(source, drawn), making);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** Images with a label in a part of a data set. */
  public static int labelled(Path data, Split split) throws IOException {
    try (ImageSource source = ImageSources.open(data, split)) {
      return StratifiedDraw.of(source, Integer.MAX_VALUE, 0).length;
    }
  }

  @Override
  public int count() {
    return images.size();
  }

  /**
   * Takes what is drawn into a digest, every file and its label: another draw, or the same of a
   * data set that has changed, gives another. Reads all files once, and decodes none; one that
   * cannot be read counts as such.
   */
  public void digest(MessageDigest into) throws IOException {
    into.update(bytes(images.size()));
    for (int i = 0; i < images.size(); i++) {
      byte[] label = String.valueOf(images.label(i)).getBytes(StandardCharsets.UTF_8);
      byte[] file;
      try {
        file = file(i);
      } catch (IOException e) {
        LOG.debug("{} in {} cannot be read: {}", images.id(i), data, e.toString());
        file = null;
      }
      into.update(bytes(label.length));
      into.update(label);
      into.update(bytes(file == null ? -1 : file.length));
      into.update(file == null ? new byte[0] : file);
    }
  }

  private static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Override
  public void read(Sink sink) {
    int failed = 0;
    boolean wanted = true;
    for (int i = 0; i < images.size() && wanted; i++) {
      try {
        wanted = sink.take(view(i), labels[i]);
      } catch (ImageRejectedException | IOException e) {
        LOG.debug("{} in {} cannot be read: {}", images.id(i), data, e.toString());
        failed++;
      }
    }
    if (failed == images.size()) {
      throw new EvaluationException(
          "none of the " + failed + " images drawn from " + data + " can be read");
    }
    if (wanted && failed != unreadable) {
      unreadable = failed;
      LOG.warn("{} of {} images drawn from {} cannot be read", failed, images.size(), data);
    }
  }

  /**
   * Two random views of each image instead, one after the other: as query view and key view of a
   * stream are drawn. Reads from this one, which stays open meanwhile.
   */
  public LabelledViews pairs() {
    return new LabelledViews() {
      @Override
      public int count() {
        return 2 * images.size();
      }

      @Override
      public void read(Sink sink) {
        readPairs(sink);
      }
    };
  }

  private void readPairs(Sink sink) {
    boolean wanted = true;
    int failed = 0;
    for (int i = 0; i < images.size() && wanted; i++) {
      try {
        byte[][] two =
            views.views(file(i), new ImageCoordinates(0, i), Purpose.QUERY_VIEW, Purpose.KEY_VIEW);
        wanted = sink.take(two[0], labels[i]) && sink.take(two[1], labels[i]);
      } catch (ImageRejectedException | IOException e) {
        LOG.debug("{} in {} cannot be read: {}", images.id(i), data, e.toString());
        failed++;
      }
    }
    if (failed == images.size()) {
      throw new EvaluationException(
          "none of the " + failed + " images drawn from " + data + " can be read");
    }
  }

  /** The class of an image, by its place among those drawn. */
  int label(int index) {
    return labels[index];
  }

  /**
   * A random view of an image, another one in every epoch.
   *
   * @throws IOException when the file cannot be read
   */
  byte[] random(int index, int epoch) throws IOException, ImageRejectedException {
    return views.views(file(index), new ImageCoordinates(epoch, index), Purpose.QUERY_VIEW)[0];
  }

  private byte[] view(int index) throws IOException, ImageRejectedException {
    return views.index(file(index));
  }

  private byte[] file(int index) throws IOException {
    long length = images.length(index);
    if (length > mostBytes) {
      throw new IOException(length + " bytes, more than limits.image-bytes");
    }
    return images.read(index);
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}
