package io.bagpipe.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSourcesTest {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 0};

  @TempDir Path dir;

  @Test
  void idxDirectoryHasItsOwnSplit() throws IOException {
    idx("train", 7, false);
    idx("t10k", 3, true);

    try (ImageSource train = ImageSources.open(dir, Split.TRAIN);
        ImageSource heldOut = ImageSources.open(dir, Split.HELD_OUT);
        ImageSource all = ImageSources.open(dir, Split.ALL)) {
      assertThat(ids(train)).hasSize(7).startsWith("train-00000").endsWith("train-00006");
      assertThat(ids(heldOut)).containsExactly("t10k-00000", "t10k-00001", "t10k-00002");
      assertThat(ids(all)).hasSize(10);
      assertThat(train.label(4)).isEqualTo("4");
      assertThat(all.get(8).id()).isEqualTo("t10k-00001");
    }
  }

  @Test
  void idxImageIsThePngOfItsPixels() throws IOException {
    idx("train", 7, true);

    try (ImageSource source = ImageSources.open(dir, Split.ALL)) {
      byte[] png = source.read(5);
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      assertThat(image.getWidth()).isEqualTo(4);
      assertThat(image.getHeight()).isEqualTo(3);
      for (int i = 0; i < 12; i++) {
        assertThat(image.getRaster().getSample(i % 4, i / 4, 0)).isEqualTo(pixel(5, i));
      }
      assertThat((long) png.length).isLessThanOrEqualTo(source.length(5));
      assertThat(source.read(5)).isEqualTo(png);
    }
  }

  @Test
  void idxWithoutLabelsOrHeldOutFileHoldsATenthOut() throws IOException {
    idx("train", 1000, false);
    Files.delete(dir.resolve("train-labels-idx1-ubyte"));

    try (ImageSource train = ImageSources.open(dir, Split.TRAIN);
        ImageSource heldOut = ImageSources.open(dir, Split.HELD_OUT)) {
      assertThat(train.size() + heldOut.size()).isEqualTo(1000);
      assertThat(heldOut.size()).isBetween(70, 130);
      assertThat(ids(train)).doesNotContainAnyElementsOf(ids(heldOut));
      assertThat(train.label(0)).isNull();
    }
  }

  @Test
  void damagedIdxFilesSayWhat() throws IOException {
    Path images = idx("train", 7, false);
    byte[] good = Files.readAllBytes(images);

    Files.write(images, Arrays.copyOf(good, good.length - 1));
    assertRefused(images, "truncated: 99 bytes where [7, 3, 4] needs 100");
    Files.write(images, Arrays.copyOf(good, good.length + 1));
    assertRefused(images, "101 bytes where [7, 3, 4] needs 100");
    Files.write(images, Arrays.copyOf(good, 10));
    assertRefused(images, "truncated");
    Files.write(images, new byte[0]);
    assertRefused(images, "truncated: 0 bytes");
    byte[] labels = good.clone();
    labels[3] = 1;
    Files.write(images, labels);
    assertRefused(images, "magic number 0x00000801; expected an IDX file of bytes, 0x00000803");
    byte[] negative = good.clone();
    negative[4] = -1;
    Files.write(images, negative);
    assertRefused(images, "dimension 0 is");
    Files.write(images, Arrays.copyOf(gzip(good), 30));
    assertRefused(images, "truncated or damaged gzip file");
    Files.write(images, good);
    Files.write(dir.resolve("train-labels-idx1-ubyte"), header(new byte[6], 6));
    assertRefused(images, "train-labels-idx1-ubyte: 6 labels for 7 images");
  }

  @Test
  void folderIsRecursiveSortedAndSkipsNothingSilently() throws IOException {
    write("dog/b.png", PNG);
    write("cat/deep/a.JPG", new byte[] {1});
    write("cat/noname", PNG);
    write("loose.gif", PNG);
    write("cat/readme.md", "words".getBytes(StandardCharsets.UTF_8));

    try (ImageSource source = ImageSources.open(dir, Split.ALL)) {
      assertThat(ids(source))
          .containsExactly("cat/deep/a.JPG", "cat/noname", "dog/b.png", "loose.gif");
      assertThat(source.label(0)).isEqualTo("cat");
      assertThat(source.label(2)).isEqualTo("dog");
      assertThat(source.label(3)).isNull();
      assertThat(source.read(0)).containsExactly(1);
      assertThat(source.skipped())
          .containsExactly("cat/readme.md: not an image, by name and first bytes");
    }
  }

  @Test
  void linksAreFollowedInsideTheFolderOnly(@TempDir Path outside) throws IOException {
    Files.write(outside.resolve("secret.png"), PNG);
    write("a/x.png", PNG);
    Files.createSymbolicLink(dir.resolve("a/inside.png"), dir.resolve("a/x.png"));
    Files.createSymbolicLink(dir.resolve("a/file.png"), outside.resolve("secret.png"));
    Files.createSymbolicLink(dir.resolve("out"), outside);
    Files.createSymbolicLink(dir.resolve("a/circle"), dir);
    Files.createSymbolicLink(dir.resolve("a/gone.png"), dir.resolve("nowhere"));

    try (ImageSource source = ImageSources.open(dir, Split.ALL)) {
      assertThat(ids(source)).containsExactly("a/inside.png", "a/x.png");
      assertThat(source.skipped())
          .containsExactlyInAnyOrder(
              "a/file.png: a symbolic link out of the folder",
              "out: a symbolic link out of the folder",
              "a/circle/: a symbolic link in a circle",
              "a/gone.png: a symbolic link to nothing");
    }
  }

  @Test
  void folderSplitsAreFixed() throws IOException {
    for (int i = 0; i < 300; i++) {
      write("c" + i % 3 + "/" + i + ".png", PNG);
    }

    try (ImageSource train = ImageSources.open(dir, Split.TRAIN);
        ImageSource heldOut = ImageSources.open(dir, Split.HELD_OUT);
        ImageSource again = ImageSources.open(dir, Split.HELD_OUT)) {
      assertThat(heldOut.size()).isBetween(15, 50);
      assertThat(train.size() + heldOut.size()).isEqualTo(300);
      assertThat(ids(train)).doesNotContainAnyElementsOf(ids(heldOut));
      assertThat(ids(again)).isEqualTo(ids(heldOut));
    }
  }

  @Test
  void zipArchive() throws IOException {
    Path zip = dir.resolve("pictures.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      entry(out, "cat/1.png", new byte[] {1, 2});
      entry(out, "2.jpg", new byte[] {3});
      entry(out, "2.cls", "17\n".getBytes(StandardCharsets.UTF_8));
      entry(out, "notes.txt", "words".getBytes(StandardCharsets.UTF_8));
    }

    try (ImageSource source = ImageSources.open(zip, Split.ALL)) {
      assertThat(ids(source)).containsExactly("cat/1.png", "2.jpg");
      assertThat(source.label(0)).isEqualTo("cat");
      assertThat(source.label(1)).isEqualTo("17");
      assertThat(source.read(0)).containsExactly(1, 2);
      assertThat(source.skipped()).hasSize(1).first().asString().startsWith("notes.txt");
    }
    Path loud = Files.copy(zip, dir.resolve("PICTURES.ZIP"));
    try (ImageSource source = ImageSources.open(loud, Split.ALL)) {
      assertThat(source.size()).isEqualTo(2);
    }
    Files.write(zip, new byte[] {1, 2, 3});
    assertRefused(zip, "not a zip archive");
  }

  @Test
  void tarShardsInAFolder() throws IOException {
    byte[] tar = tar("sample0.jpg", "sample0.cls", "deep/" + "long".repeat(40) + ".png");
    write("shard-0.tar", tar);
    write("shard-1.tar.gz", gzip(tar));
    write("x/loose.png", PNG);

    try (ImageSource source = ImageSources.open(dir, Split.ALL)) {
      assertThat(ids(source))
          .containsExactly(
              "x/loose.png",
              "shard-0.tar/sample0.jpg",
              "shard-0.tar/deep/" + "long".repeat(40) + ".png",
              "shard-1.tar.gz/sample0.jpg",
              "shard-1.tar.gz/deep/" + "long".repeat(40) + ".png");
      assertThat(source.label(1)).isEqualTo("content of sample0.cls");
      assertThat(source.label(2)).isEqualTo("deep");
      assertThat(source.read(3))
          .isEqualTo("content of sample0.jpg".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void damagedTarArchives() throws IOException {
    byte[] tar = tar("a.png");
    Path file = dir.resolve("a.tar");

    Files.write(file, Arrays.copyOf(tar, 515));
    assertRefused(file, "truncated: an entry of 16 bytes at 0");
    tar[0] ^= 1;
    Files.write(file, tar);
    assertRefused(file, "wrong check sum at byte 0");
    Files.write(file, new byte[] {1, 2, 3});
    assertRefused(file, "not a tar archive");
  }

  @Test
  void emptyAndMissingPlaces() throws IOException {
    assertRefused(dir, "no images found; expected IDX files");
    assertRefused(dir.resolve("none"), "no such file or directory");
    write("one.png", PNG);
    try (ImageSource one = ImageSources.open(dir.resolve("one.png"), Split.ALL)) {
      assertThat(one.read(0)).isEqualTo(PNG);
    }
  }

  private void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> ImageSources.open(path, Split.ALL).close())
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  private static List<String> ids(ImageSource source) {
    return IntStream.range(0, source.size()).mapToObj(source::id).toList();
  }

  private static int pixel(int image, int i) {
    return (image * 31 + i * 20) & 0xff;
  }

  private Path idx(String name, int count, boolean gzip) throws IOException {
    byte[] pixels = new byte[count * 12];
    byte[] labels = new byte[count];
    for (int n = 0; n < count; n++) {
      labels[n] = (byte) n;
      for (int i = 0; i < 12; i++) {
        pixels[n * 12 + i] = (byte) pixel(n, i);
      }
    }
    String end = gzip ? ".gz" : "";
    byte[] imageFile = header(pixels, count, 3, 4);
    byte[] labelFile = header(labels, count);
    Files.write(dir.resolve(name + "-labels-idx1-ubyte" + end), gzip ? gzip(labelFile) : labelFile);
    return Files.write(
        dir.resolve(name + "-images-idx3-ubyte" + end), gzip ? gzip(imageFile) : imageFile);
  }

  private static byte[] header(byte[] data, int... shape) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * shape.length + data.length);
    out.putInt(0x0800 | shape.length);
    for (int s : shape) {
      out.putInt(s);
    }
    return out.put(data).array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.createDirectories(dir.resolve(name).getParent());
    Files.write(dir.resolve(name), bytes);
  }

  private static void entry(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  /** Made by the system's own tar, with a long name. */
  private byte[] tar(String... names) throws IOException {
    Path root = Files.createTempDirectory(dir.getParent(), "tar");
    List<String> command = new ArrayList<>(List.of("tar", "-C", root.toString(), "-cf", "-"));
    for (String name : names) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.writeString(root.resolve(name), "content of " + name);
      command.add(name);
    }
    Process process = new ProcessBuilder(command).start();
    return process.getInputStream().readAllBytes();
  }
}
