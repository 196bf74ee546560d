package io.bagpipe.model.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files made to take time or memory, each decoded in a JVM with little of it: refused (or read,
 * where what is hostile is only beside the pixels) soon and without running out.
 */
@Timeout(120)
class HostileLimitsTest {
  private static final String HEAP = "-Xmx200m";
  // A second and what starting the decoders' classes takes; of a processor, as machines are busy.
  private static final int MOST_MILLIS = 2_000;

  @TempDir Path dir;
  private final Map<String, byte[]> refused = new LinkedHashMap<>();
  private final Map<String, byte[]> readable = new LinkedHashMap<>();

  @Test
  void hostileFilesTakeLittleTimeAndMemory() throws Exception {
    tiffs();
    gifs();
    jpegs();
    pngs();
    hugeHeaders();

    List<String> lines =
        decode().stream().filter(line -> !line.contains(" WARN ")).toList(); // what it logs

    System.out.println(String.join("\n", lines));
    assertThat(lines).hasSize(refused.size() + readable.size());
    for (String line : lines) {
      String[] parts = line.split(" ", 4);
      boolean isRead = readable.containsKey(parts[0]);
      assertThat(parts[1].startsWith("decoded")).as(line).isEqualTo(isRead);
      assertThat(parts[1]).as(line).isNotEqualTo("OUT_OF_MEMORY");
      assertThat(Integer.parseInt(parts[2])).as(line).isLessThan(MOST_MILLIS);
      if (line.startsWith("scans-")) {
        assertThat(parts[3]).contains("more").contains("scans");
      }
    }
  }

  private List<String> decode() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP, "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(HostileDecode.class.getName());
    Map<String, byte[]> all = new LinkedHashMap<>(refused);
    all.putAll(readable);
    for (Map.Entry<String, byte[]> file : all.entrySet()) {
      command.add(Files.write(dir.resolve(file.getKey()), file.getValue()).toString());
    }
    Path said = dir.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllLines(said);
  }

  /** Directories that point at themselves, offsets and counts beyond everything. */
  private void tiffs() {
    int[] good = {256, 3, 1, 4, 257, 3, 1, 4, 258, 3, 1, 8, 259, 3, 1, 1, 262, 3, 1, 1};
    int[] strip = {273, 4, 1, 0, 277, 3, 1, 1, 278, 3, 1, 4, 279, 4, 1, 16};
    readable.put("next-is-itself.tif", tiff(8, good, strip));
    refused.put("empty-directory-loop.tif", tiff(8));
    readable.put("exif-is-itself.tif", tiff(0, good, strip, new int[] {34665, 4, 1, 8}));
    readable.put("sub-is-itself.tif", tiff(0, good, strip, new int[] {330, 4, 1, 8}));
    readable.put("huge-exif-offset.tif", tiff(0, good, strip, new int[] {34665, 4, 1, -16}));
    refused.put("huge-count.tif", tiff(0, good, new int[] {273, 4, 0x3fffffff, 0}));
    readable.put("huge-strip.tif", tiff(0, good, new int[] {273, 4, 1, 9, 279, 4, 1, 0x7fffffff}));
    int[] large = {256, 4, 1, 65535, 257, 4, 1, 65535};
    refused.put("65535.tif", tiff(0, large, Arrays.copyOfRange(good, 8, 20), strip));
  }

  private static byte[] tiff(int next, int[]... tags) {
    int entries = Arrays.stream(tags).mapToInt(t -> t.length / 4).sum();
    ByteBuffer out = ByteBuffer.allocate(200 + 12 * entries).order(ByteOrder.LITTLE_ENDIAN);
    out.put("II*\0".getBytes(US_ASCII)).putInt(8).putShort((short) entries);
    for (int[] group : tags) {
      for (int i = 0; i < group.length; i += 4) {
        out.putShort((short) group[i]).putShort((short) group[i + 1]).putInt(group[i + 2]);
        boolean isShort = group[i + 1] == 3;
        out.putInt(group[i] == 273 && group[i + 3] == 0 ? 8 : group[i + 3]);
        assertThat(isShort && group[i + 3] > 65535).isFalse();
      }
    }
    return out.putInt(next).array();
  }

  private void gifs() {
    byte[] clear = new byte[20_000_000];
    refused.put("endless-clear-codes.gif", gif(10, 10, clear, 0x24));
    refused.put("no-end.gif", gif(5000, 4000, new byte[1000], 0x24));
    refused.put("65535.gif", gif(65535, 65535, new byte[1000], 0x24));
  }

  /** With minimum code size 2, where 100 is the clear code: 0x24, 0x49, 0x92 are nothing else. */
  private static byte[] gif(int width, int height, byte[] data, int first) {
    ByteBuffer out =
        ByteBuffer.allocate(100 + data.length + data.length / 255).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GIF89a".getBytes(US_ASCII)).putShort((short) width).putShort((short) height);
    out.put(new byte[] {(byte) 0x81, 0, 0}).put(new byte[12]);
    out.put((byte) 0x2c).putInt(0).putShort((short) width).putShort((short) height).put((byte) 0);
    out.put((byte) 2);
    byte[] codes = {(byte) first, 0x49, (byte) 0x92};
    for (int i = 0; i < data.length; i++) {
      data[i] = codes[i % 3];
    }
    for (int at = 0; at + 255 <= data.length; at += 255) {
      out.put((byte) 255).put(data, at, 255);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private void jpegs() throws Exception {
    refused.put("scans-small.jpg", scans(64, 5000));
    refused.put("scans-large.jpg", scans(3000, 5000));
    byte[] good =
        Files.readAllBytes(Path.of(getClass().getResource("/images/baseline-444.jpg").toURI()));
    byte[] exif = "\377\341\0\20Exif\0\0MM\0*\377\377\377\360".getBytes(ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(good, 0, 2);
    out.writeBytes(exif);
    out.write(good, 2, good.length - 2);
    readable.put("huge-exif-offset.jpg", out.toByteArray());
  }

  /** Grey, progressive, and after the first scan nothing but empty refinements. */
  private static byte[] scans(int side, int count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    segment(out, 0xd8);
    byte[] quantiser = new byte[65];
    Arrays.fill(quantiser, 1, 65, (byte) 1);
    segment(out, 0xdb, quantiser);
    byte high = (byte) (side >> 8);
    segment(out, 0xc2, new byte[] {8, high, (byte) side, high, (byte) side, 1, 1, 0x11, 0});
    // one code of one bit: no difference for DC, and for AC an end of band over 2^14 blocks
    segment(out, 0xc4, code(0, 0));
    segment(out, 0xc4, code(0x10, 0xe0));
    int blocks = (side + 7) / 8 * ((side + 7) / 8);
    segment(out, 0xda, new byte[] {1, 1, 0, 0, 0, 1});
    out.writeBytes(new byte[blocks / 8 + 1]);
    for (int i = 0; i < count; i++) {
      segment(out, 0xda, new byte[] {1, 1, 0, 1, 63, (byte) (i == 0 ? 1 : 0x10)});
      // 0 and fourteen bits of run, again and again
      out.writeBytes(new byte[(blocks >> 14) * 2 + 2]);
    }
    segment(out, 0xd9);
    return out.toByteArray();
  }

  private static byte[] code(int table, int symbol) {
    byte[] data = new byte[18];
    data[0] = (byte) table;
    data[1] = 1;
    data[17] = (byte) symbol;
    return data;
  }

  private static void segment(ByteArrayOutputStream out, int marker, byte... data) {
    out.writeBytes(new byte[] {(byte) 0xff, (byte) marker});
    if (data.length > 0) {
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) (data.length + 2)).array());
      out.writeBytes(data);
    }
  }

  private void pngs() {
    byte[] bomb = deflatedZeros(200);
    byte[] text = new byte[bomb.length + 5];
    System.arraycopy("a\0\0".getBytes(US_ASCII), 0, text, 0, 3);
    System.arraycopy(bomb, 0, text, 3, bomb.length);
    byte[] pixels = deflatedZeros(0);
    readable.put("text-bomb.png", png(10, 10, "zTXt", text, pixels));
    readable.put("profile-bomb.png", png(10, 10, "iCCP", text, pixels));
    readable.put("international-bomb.png", png(10, 10, "iTXt", text, pixels));
    byte[] exif = "MM\0*\377\377\377\360".getBytes(ISO_8859_1);
    readable.put("huge-exif-offset.png", png(10, 10, "eXIf", exif, pixels));
    readable.put("inflates-beyond.png", png(10, 10, "tEXt", new byte[4], bomb));
    refused.put("65535.png", png(65535, 65535, "tEXt", new byte[4], bomb));
  }

  /** A 10x10 image, or so many megabytes. */
  private static byte[] deflatedZeros(int megabytes) {
    Deflater deflater = new Deflater(9);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[megabytes == 0 ? 310 : 1 << 20];
    byte[] packed = new byte[1 << 16];
    for (int i = 0; i < Math.max(1, megabytes); i++) {
      deflater.setInput(chunk);
      if (i == Math.max(1, megabytes) - 1) {
        deflater.finish();
      }
      for (int n = deflater.deflate(packed); n > 0; n = deflater.deflate(packed)) {
        out.write(packed, 0, n);
      }
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] png(int width, int height, String extra, byte[] data, byte[] idat) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk(out, "IHDR", header.put((byte) 8).put((byte) 2).array());
    chunk(out, extra, data);
    chunk(out, "IDAT", idat);
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    ByteBuffer typed = ByteBuffer.allocate(4 + data.length).put(type.getBytes(US_ASCII)).put(data);
    CRC32 crc = new CRC32();
    crc.update(typed.array());
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(typed.array());
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private void hugeHeaders() {
    ByteBuffer bmp = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put("BM".getBytes(US_ASCII)).putInt(200).putInt(0).putInt(54).putInt(40);
    bmp.putInt(65535).putInt(65535).putShort((short) 1).putShort((short) 24);
    refused.put("65535.bmp", bmp.array());
    ByteBuffer jpeg = ByteBuffer.allocate(200).putInt(0xffd8ffc0).putShort((short) 11);
    jpeg.put((byte) 8).putInt(-1).put(new byte[] {1, 1, 0x11, 0});
    refused.put("65535.jpg", jpeg.array());
    refused.put("16383-lossless.webp", webp("VP8L", new byte[] {0x2f, -1, -1, -1, 0x0f, 0, 0, 0}));
    byte[] lossy = {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, -1, 0x3f, -1, 0x3f, 0, 0};
    refused.put("16383-lossy.webp", webp("VP8 ", lossy));
    refused.put("16777216.webp", webp("VP8X", new byte[] {2, 0, 0, 0, -1, -1, -1, -1, -1, -1}));
  }

  private static byte[] webp(String kind, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(US_ASCII)).putInt(92).put("WEBP".getBytes(US_ASCII));
    return out.put(kind.getBytes(US_ASCII)).putInt(data.length).put(data).array();
  }
}
