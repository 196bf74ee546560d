package io.bagpipe.model.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives that want to do harm, or only came to it. */
@Timeout(60)
class HostileArchivesTest {
  private static final long MOST_ALLOCATED = 200_000_000;

  @TempDir Path dir;
  private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long before = memory.getCurrentThreadAllocatedBytes();

  private void assertLittleMemory() {
    assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED);
  }

  private static List<String> ids(ImageSource source) {
    return IntStream.range(0, source.size()).mapToObj(source::id).toList();
  }

  @Test
  void hugeEntriesOfZerosAreNeverUnpackedToLookAtThem() throws IOException {
    Path zip = dir.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("bomb.png", "bomb", "good.png")) {
        out.putNextEntry(new ZipEntry(name));
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < (name.equals("good.png") ? 1 : 400); i++) {
          out.write(zeros);
        }
        out.closeEntry();
      }
    }
    try (ImageSource source = ImageSources.open(zip, Split.ALL)) {
      assertThat(ids(source)).containsExactly("bomb.png", "good.png");
      assertThat(source.length(0)).isEqualTo(400 << 20);
      assertThat(source.skipped()).containsExactly("bomb: not an image, by name and first bytes");
      assertThat(source.read(1)).hasSize(1 << 20);
    }
    assertLittleMemory();
  }

  @Test
  void sizesThatLieAreFoundOut() throws IOException {
    Path zip = dir.resolve("lies.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("less.png", "most.png", "more.png")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(new byte[100_000]);
        out.closeEntry();
      }
    }
    byte[] bytes = Files.readAllBytes(zip);
    setSize(bytes, "less.png", 10);
    setSize(bytes, "most.png", -2);
    setSize(bytes, "more.png", 900_000_000);
    Files.write(zip, bytes);

    try (ImageSource source = ImageSources.open(zip, Split.ALL)) {
      assertThat(source.length(1)).isEqualTo(0xfffffffeL);
      for (int i = 0; i < 3; i++) {
        int image = i;
        assertThatThrownBy(() -> source.read(image)).isInstanceOf(DataSetException.class);
      }
    }
    assertLittleMemory();
  }

  /** In the directory at the zip's end, which is what is believed. */
  private static void setSize(byte[] zip, String name, int size) {
    ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    byte[] wanted = name.getBytes(UTF_8);
    for (int at = 0; at < zip.length - 46; at++) {
      if (buffer.getInt(at) == 0x02014b50
          && Arrays.equals(zip, at + 46, at + 46 + wanted.length, wanted, 0, wanted.length)) {
        buffer.putInt(at + 24, size);
        return;
      }
    }
    throw new IllegalArgumentException(name);
  }

  @Test
  void manyEntriesAreListedOnce() throws IOException {
    int many = 200_000;
    Path zip = dir.resolve("many.zip");
    try (ZipOutputStream out =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(zip)))) {
      out.setLevel(0);
      for (int i = 0; i < many; i++) {
        out.putNextEntry(new ZipEntry(i + (i % 2 == 0 ? ".png" : ".txt")));
        out.closeEntry();
      }
    }
    try (ImageSource source = ImageSources.open(zip, Split.ALL)) {
      assertThat(source.size()).isEqualTo(many / 2);
      assertThat(source.skipped()).hasSize(many / 2);
    }
    assertLittleMemory();
  }

  @Test
  void namesThatLeadOutAreSkippedByName() throws IOException {
    Path zip = dir.resolve("names.zip");
    List<String> bad = List.of("../up.png", "a/../../up.png", "/etc/x.png", "..");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : bad) {
        out.putNextEntry(new ZipEntry(name));
        out.closeEntry();
      }
      out.putNextEntry(new ZipEntry("a/..b.png"));
      out.closeEntry();
    }
    try (ImageSource source = ImageSources.open(zip, Split.ALL)) {
      assertThat(ids(source)).containsExactly("a/..b.png");
      assertThat(source.skipped())
          .containsExactlyElementsOf(
              bad.stream().map(n -> n + ": a name that leads out of the archive").toList());
    }
  }

  @Test
  void aCompressedTarThatWouldFillTheDiskIsRefused() throws IOException {
    Path tar = dir.resolve("bomb.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(tar), 1 << 16)) {
      out.write(header("bomb.png", '0', 300L << 20));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 300; i++) {
        out.write(zeros);
      }
    }
    assertThatThrownBy(() -> ImageSources.open(tar, Split.ALL))
        .isInstanceOf(DataSetException.class)
        .hasMessageEndingWith("unpacks to more than 268435456 bytes, over 100 times its size");
    assertLittleMemory();
  }

  @Test
  void aDamagedArchiveAmongOthersIsNamedAndTheOthersAreRead() throws IOException {
    Files.write(dir.resolve("cut.tar"), header("a.png", '0', 5000));
    Files.write(dir.resolve("no.zip"), new byte[] {1, 2, 3});
    Files.write(dir.resolve("good.png"), new byte[1]);

    try (ImageSource source = ImageSources.open(dir, Split.ALL)) {
      assertThat(ids(source)).containsExactly("good.png");
      assertThat(source.skipped()).hasSize(2);
      assertThat(source.skipped().get(0)).contains("cut.tar: truncated: an entry of 5000 bytes");
      assertThat(source.skipped().get(1)).contains("no.zip: not a zip archive");
    }
  }

  @Test
  void tarHeadersThatLieAreRefused() throws IOException {
    byte[] negative = header("a.png", '0', 0);
    negative[124] = (byte) 0xff;
    Arrays.fill(negative, 125, 136, (byte) 0xff);
    List<byte[]> tars = new ArrayList<>();
    tars.add(sum(negative));
    tars.add(header("a.png", '0', 8_000_000_000L));
    tars.add(concat(header("x", 'x', 13), "13 size=-555\n".getBytes(UTF_8)));
    for (byte[] tar : tars) {
      Path file = Files.write(dir.resolve("lies.tar"), concat(tar, header("a.png", '0', 0)));
      assertThatThrownBy(() -> ImageSources.open(file, Split.ALL))
          .isInstanceOf(DataSetException.class)
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void recordsOfNothingBeforeANameAreNoHarm() throws IOException {
    byte[] pax = concat(header("x", 'x', 2), "2 ".getBytes(UTF_8));
    Path file = Files.write(dir.resolve("a.tar"), concat(pax, header("a.png", '0', 0)));

    try (ImageSource source = ImageSources.open(file, Split.ALL)) {
      assertThat(ids(source)).containsExactly("a.png");
    }
  }

  /** Filled up to whole blocks, each part. */
  private static byte[] concat(byte[] a, byte[] b) {
    int start = (a.length + 511) / 512 * 512;
    byte[] both = Arrays.copyOf(a, start + (b.length + 511) / 512 * 512);
    System.arraycopy(b, 0, both, start, b.length);
    return both;
  }

  private static byte[] header(String name, char type, long length) {
    byte[] header = new byte[512];
    System.arraycopy(name.getBytes(UTF_8), 0, header, 0, name.length());
    byte[] octal = String.format(Locale.ROOT, "%011o", length).getBytes(UTF_8);
    System.arraycopy(octal, 0, header, 124, 11);
    header[156] = (byte) type;
    return sum(header);
  }

  private static byte[] sum(byte[] header) {
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : header[i] & 0xff;
    }
    byte[] octal = String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(UTF_8);
    System.arraycopy(octal, 0, header, 148, 8);
    return header;
  }
}
