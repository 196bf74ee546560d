package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.bagpipe.model.image.ImageRejectedException.Reason;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that want to do harm, or only came to it. */
class HostileFilesTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  private void assertRefused(byte[] file, Reason reason) {
    assertRefused(() -> decoder.decode(file), reason);
  }

  private static void assertRefused(ThrowingCallable decode, Reason reason) {
    assertThatThrownBy(decode)
        .isInstanceOfSatisfying(
            ImageRejectedException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            });
  }

  private static byte[] resource(String name) throws Exception {
    return Files.readAllBytes(
        Path.of(HostileFilesTest.class.getResource("/images/" + name).toURI()));
  }

  private static byte[] png(int width, int height, int depth, int colour, byte[] idat) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) colour)
            .array();
    chunk(out, "IHDR", header);
    chunk(out, "IDAT", idat);
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] typed = new byte[4 + data.length];
    System.arraycopy(type.getBytes(StandardCharsets.US_ASCII), 0, typed, 0, 4);
    System.arraycopy(data, 0, typed, 4, data.length);
    CRC32 crc = new CRC32();
    crc.update(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private static byte[] deflatedZeros(int count) {
    Deflater deflater = new Deflater(9);
    deflater.setInput(new byte[count]);
    deflater.finish();
    byte[] out = new byte[count / 500 + 1000];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  @Test
  void emptyRandomAndMisnamedFilesAreNoImages() {
    byte[] random = new byte[10_000];
    new Random(5).nextBytes(random);
    random[0] = 0;

    assertRefused(new byte[0], Reason.EMPTY);
    assertRefused(new byte[1], Reason.UNKNOWN_FORMAT);
    assertRefused(random, Reason.UNKNOWN_FORMAT);
    assertRefused("<html>not found</html>".getBytes(StandardCharsets.UTF_8), Reason.UNKNOWN_FORMAT);
    for (String magic : new String[] {"BM", "GIF89a", "RIFF\0\0\0\0WEBP", "II*\0", "MM\0*"}) {
      assertRefused(magic.getBytes(StandardCharsets.ISO_8859_1), Reason.CORRUPT);
    }
    assertRefused(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}, Reason.CORRUPT);
    assertRefused(png(0, 5, 8, 2, new byte[9]), Reason.CORRUPT);
    assertRefused(png(5, 5, 3, 2, new byte[9]), Reason.CORRUPT);
  }

  @Test
  void limitsAreHeldBeforeMemoryIsTaken() throws Exception {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] jpeg = resource("baseline-444.jpg");
    setJpegSize(jpeg, 65_535, 65_535);
    byte[] huge = png(65_535, 65_535, 8, 2, deflatedZeros(1_000_000));
    byte[] larger = png(Integer.MAX_VALUE, Integer.MAX_VALUE, 16, 6, deflatedZeros(1000));
    byte[] gif = resource("rgb.gif");
    Arrays.fill(gif, 6, 10, (byte) 0xFF);
    byte[] bmp = resource("rgb.bmp");
    ByteBuffer.wrap(bmp).put(18, new byte[] {(byte) 255, (byte) 255, 0, 0, (byte) 255, (byte) 255});
    long before = memory.getCurrentThreadAllocatedBytes();

    assertRefused(jpeg, Reason.TOO_MANY_PIXELS);
    assertRefused(huge, Reason.TOO_MANY_PIXELS);
    assertRefused(larger, Reason.TOO_MANY_PIXELS);
    assertRefused(gif, Reason.TOO_MANY_PIXELS);
    assertRefused(bmp, Reason.CORRUPT);

    assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  private static void setJpegSize(byte[] jpeg, int width, int height) {
    for (int i = 0; i < jpeg.length - 8; i++) {
      if (jpeg[i] == (byte) 0xFF && (jpeg[i + 1] == (byte) 0xC0 || jpeg[i + 1] == (byte) 0xC2)) {
        ByteBuffer.wrap(jpeg).putShort(i + 5, (short) height).putShort(i + 7, (short) width);
        return;
      }
    }
    throw new IllegalArgumentException("no frame header");
  }

  @Test
  void headersThatTheFileCannotFulfilAreFoundOutBeforeMemoryIsTaken() throws Exception {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] baseline = resource("baseline-420.jpg");
    setJpegSize(baseline, 6000, 6000);
    byte[] progressive = resource("progressive-420.jpg");
    setJpegSize(progressive, 6000, 6000);
    byte[] png = png(6000, 6000, 8, 2, deflatedZeros(10_000));
    long before = memory.getCurrentThreadAllocatedBytes();

    assertRefused(baseline, Reason.CORRUPT);
    assertRefused(progressive, Reason.CORRUPT);
    assertRefused(png, Reason.CORRUPT);

    assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  @Test
  void bombsWithinTheLimitsAreOnlyLargeImages() throws Exception {
    RgbImage image = decoder.decode(png(3000, 2000, 8, 2, deflatedZeros(2000 * 9001)));

    assertThat(image.width()).isEqualTo(3000);
    assertThat(image.rgb()).containsOnly(0);
  }

  @Test
  void encodedBytesAndTimeAreLimited() throws Exception {
    byte[] file = resource("rgb.png");
    DecodeLimits small = new DecodeLimits(file.length - 1, 1000, Duration.ofSeconds(5));
    DecodeLimits few = new DecodeLimits(file.length, 100, Duration.ofSeconds(5));
    DecodeLimits hasty = new DecodeLimits(1 << 20, 1_000_000, Duration.ofNanos(1));

    assertRefused(() -> new ImageDecoder(small).decode(file), Reason.TOO_MANY_BYTES);
    assertRefused(() -> new ImageDecoder(few).decode(file), Reason.TOO_MANY_PIXELS);
    for (String name :
        new String[] {
          "rgb.png", "baseline-420.jpg", "progressive-420.jpg", "rgb.bmp", "lossy.webp", "rgb.tif"
        }) {
      byte[] any = resource(name);
      assertRefused(() -> new ImageDecoder(hasty).decode(any), Reason.TIMED_OUT);
    }
  }

  @ParameterizedTest
  @MethodSource("io.bagpipe.model.image.FormatsTest#files")
  void truncatedFilesAreRefusedOrComplete(Path path) throws Exception {
    byte[] file = Files.readAllBytes(path);
    for (int length : new int[] {1, 12, 30, file.length / 3, file.length / 2}) {
      byte[] cut = Arrays.copyOf(file, Math.min(length, file.length));
      try {
        RgbImage image = decoder.decode(cut);

        // Some formats' readers make do with what there is; never JPEG's and PNG's.
        assertThat(image.rgb()).isNotEmpty();
        assertThat(path.toString()).doesNotEndWith(".jpg").doesNotEndWith(".png");
      } catch (ImageRejectedException e) {
        assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.UNKNOWN_FORMAT, Reason.TOO_MANY_PIXELS);
      }
    }
  }

  @Test
  void aGoodFileAfterABadOneIsReadWell() throws Exception {
    byte[] good = resource("progressive-420.jpg");
    RgbImage expected = decoder.decode(good);
    byte[] bad = Arrays.copyOf(good, good.length * 2 / 3);

    assertRefused(bad, Reason.CORRUPT);

    assertThat(decoder.decode(good).rgb()).isEqualTo(expected.rgb());
  }
}
