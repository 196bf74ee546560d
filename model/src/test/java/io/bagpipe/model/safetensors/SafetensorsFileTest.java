package io.bagpipe.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    float[] many = new float[400_000];
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < many.length; i++) {
      many[i] = Float.intBitsToFloat(random.nextInt());
    }
    Tensor large = new Tensor("a.weight", new int[] {2, 200, 1000}, many);
    Tensor none = new Tensor("empty", new int[] {0, 3}, new float[0]);
    Tensor scalar = new Tensor("scalar", new int[0], new float[] {-0f});
    Path file = folder.resolve("a.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter()
          .metadata(Map.of("quote", "\"é\n"))
          .add(List.of(large, none, scalar))
          .addScalar("count", -2)
          .writeTo(out);
    }

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.metadata()).containsExactly(Map.entry("quote", "\"é\n"));
      assertThat(read.entries()).hasSize(4);
      for (Tensor tensor : List.of(large, none, scalar)) {
        Tensor again = read.read(read.find(tensor.name()));
        assertThat(again.shape()).isEqualTo(tensor.shape());
        assertThat(again.data()).isEqualTo(tensor.data());
      }
      assertThat(read.find("count").type()).isEqualTo(ElementType.I64);
      assertThatThrownBy(() -> read.read(read.find("count")))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("count: values of type I64");
    }
  }

  /** Byte for byte what the format's description asks for. */
  @Test
  void theLayoutIsThePublicOne() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    new SafetensorsWriter()
        .add(new Tensor("w", new int[] {2, 1}, new float[] {1, 2}))
        .addScalar("n", 3)
        .writeTo(out);

    String json =
        "{\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]}}";
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    assertThat(length % 8).isZero();
    assertThat(new String(bytes.array(), 8, length, StandardCharsets.US_ASCII))
        .isEqualTo(json + " ".repeat(length - json.length()));
    bytes.position(8 + length);
    assertThat(bytes.getLong()).isEqualTo(3);
    assertThat(bytes.getFloat()).isEqualTo(1);
    assertThat(bytes.getFloat()).isEqualTo(2);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void otherFloatsAreConverted() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(14 + 4 + 8).order(ByteOrder.LITTLE_ENDIAN);
    // 1, -2, the largest, the smallest normal, the smallest, minus infinity, not a number
    for (int bits : new int[] {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0xfc00, 0x7e00}) {
      data.putShort((short) bits);
    }
    data.putShort((short) 0x3fc0).putShort((short) 0xff80).putDouble(0.1);
    Path file =
        file(
            entry("h", "F16", "[7]", 0, 14)
                + ","
                + entry("b", "BF16", "[2]", 14, 18)
                + ","
                + entry("d", "F64", "[1]", 18, 26),
            data.array());

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.read(read.find("h")).data())
          .containsExactly(1, -2, 65504, 0x1p-14f, 0x1p-24f, Float.NEGATIVE_INFINITY, Float.NaN);
      assertThat(read.read(read.find("b")).data()).containsExactly(1.5f, Float.NEGATIVE_INFINITY);
      assertThat(read.read(read.find("d")).data()).containsExactly(0.1f);
    }
  }

  @Test
  void bytesAndWholeNumbersAreKeptAsTheyAre() throws IOException {
    Random random = new Random(1);
    byte[] bytes = new byte[300_001];
    long[] longs = new long[40_001];
    random.nextBytes(bytes);
    for (int i = 0; i < longs.length; i++) {
      longs[i] = random.nextLong();
    }
    Path file = folder.resolve("kinds.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter()
          .addBytes("bytes", bytes)
          .add(new Tensor("float", new int[] {1}, new float[] {0.5f}))
          .addLongs("longs", longs)
          .writeTo(out);
    }

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.entries())
          .as("wider values first, so that each is aligned")
          .extracting(SafetensorsFile.Entry::name)
          .containsExactly("longs", "float", "bytes");
      assertThat(read.readBytes(read.find("bytes"))).isEqualTo(bytes);
      assertThat(read.readLongs(read.find("longs"))).isEqualTo(longs);
      assertThatThrownBy(() -> read.readBytes(read.find("longs")))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage(file + ": longs: values of type I64; U8 is read here");
    }
  }

  @Test
  void whoReadsAllTensorsHasDigestedEveryByteBeforeTheDigest() throws Exception {
    Path file = folder.resolve("sealed.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter()
          .addScalar("n", 3)
          .addBytes("b", new byte[700_001])
          .add(new Tensor("f", new int[] {3}, new float[] {1, 2, 3}))
          .endInDigest("sha256")
          .writeTo(out);
    }
    byte[] whole = Files.readAllBytes(file);
    byte[] expected =
        MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(whole, whole.length - 32));

    MessageDigest digest = SafetensorsFile.sha256();
    try (SafetensorsFile read = SafetensorsFile.openDigesting(file, digest)) {
      assertThat(read.entries())
          .extracting(SafetensorsFile.Entry::name)
          .containsExactly("n", "f", "b", "sha256");
      assertThat(read.readLongs(read.find("n"))).containsExactly(3);
      assertThat(read.read("f").data()).containsExactly(1, 2, 3);
      read.pass(read.find("b"));
      assertThat(digest.digest()).isEqualTo(expected);
      assertThat(read.readBytes(read.find("sha256"))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors", "strings"})
  void aHeaderFullOfNamesIsRefusedBeforeTheyFillTheHeap(String what) throws IOException {
    StringBuilder header = new StringBuilder(what.equals("strings") ? "\"__metadata__\":{" : "");
    for (int i = 0; i <= 100_000; i++) {
      header.append(i == 0 ? "" : ",");
      header.append(
          what.equals("strings") ? "\"" + i + "\":\"\"" : entry("" + i, "F32", "[0]", 0, 0));
    }
    Path file = file(header + (what.equals("strings") ? "}" : ""), new byte[0]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("more than 100000 " + what);
  }

  /** Whatever a file's first bytes are: it opens, or is refused by the exception that says so. */
  @Test
  void aDamagedHeaderNeverEndsInAnotherException() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path file = folder.resolve("damaged");
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter()
          .metadata(Map.of("format", "pt"))
          .add(new Tensor("w", new int[] {2, 3}, new float[6]))
          .addScalar("n", 1)
          .writeTo(out);
    }
    byte[] whole = Files.readAllBytes(file);
    int opened = 0;
    for (int trial = 0; trial < 2000; trial++) {
      byte[] damaged = whole.clone();
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        damaged[random.nextInt(whole.length - 32)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (SafetensorsFile read = SafetensorsFile.open(file)) {
        for (SafetensorsFile.Entry entry : read.entries()) {
          read.pass(entry);
        }
        opened++;
      } catch (SafetensorsException e) {
        assertThat(e.getMessage()).as("seed %d", seed).startsWith(file + ": " + e.why());
      }
    }
    assertThat(opened).as("seed %d", seed).isLessThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,4]} | w: shape [2] of F32 takes 8 bytes",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,12]} | w: shape [2] of F32 takes 8 bytes",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[8,0]} | w: shape [2] of F32 takes 8 bytes",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[4,12]} | w: data starts at 4, after a hole",
        "'w':{'dtype':'F32','shape':[4],'data_offsets':[0,16]} | bytes of ",
        "'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]} | bytes of ",
        "'w':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]} | w.shape: at most 8 whole numbers",
        "'w':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]} | w.shape: at most 8 whole numbers",
        "'w':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]} | w.shape",
        "'w':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,8]} | w: shape [65536, 65536]",
        "'w':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]} | w.shape: at most 8",
        "'w':{'dtype':'F31','shape':[2],'data_offsets':[0,8]} | w: unknown dtype F31",
        "'w':{'dtype':'F32','shape':[2]} | w: needs dtype, shape and two data_offsets",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[0]} | w: needs dtype, shape and two",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1} | w: unknown key x",
        "'w':{'dtype':7,'shape':[2],'data_offsets':[0,8]} | w.dtype: must be a string",
        "'w':[0,8] | w: must be an object",
        "'__metadata__':{'a':1} | __metadata__.a: must be a string",
        "'w':{'shape':[[[[2]]]]} | its header",
        "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} {  | goes on after the JSON object",
        "'w':{'dtype' | its header",
      })
  void aHeaderThatLiesIsRefusedInOneLine(String header, String complaint) throws IOException {
    Path file = file(header.replace('\'', '"'), new byte[8]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(complaint)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void overlapsAndTwinsAreRefused() throws IOException {
    Path overlap =
        file(entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[1]", 4, 8), new byte[8]);
    Path twins =
        file(entry("a", "F32", "[1]", 0, 4) + "," + entry("a", "F32", "[1]", 4, 8), new byte[8]);

    assertThatThrownBy(() -> SafetensorsFile.open(overlap))
        .hasMessageContaining("b: data starts at 4, inside the tensor before it");
    assertThatThrownBy(() -> SafetensorsFile.open(twins)).hasMessageContaining("Duplicate");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100, 1L << 40, -1, Long.MIN_VALUE})
  void aHeadersLengthIsCheckedBeforeMemoryIsTaken(long length) throws IOException {
    Path file = folder.resolve("length");
    Files.write(
        file,
        ByteBuffer.allocate(20)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put((byte) '{')
            .array());

    assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(SafetensorsException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 9})
  void aFileTooShortIsRefused(int length) throws IOException {
    Path file = Files.write(folder.resolve("short"), new byte[length]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .hasMessageContaining("not a safetensors file: only " + length + " bytes");
  }

  private Path file(String entries, byte[] data) throws IOException {
    byte[] header = ("{" + entries + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .put(data);
    return Files.write(Files.createTempFile(folder, "hostile", ".safetensors"), bytes.array());
  }

  private static String entry(String name, String type, String shape, int begin, int end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, type, shape, begin, end);
  }
}
