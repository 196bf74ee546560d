package io.bagpipe.model.teacher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where a teacher comes from: {@code builtin:fashion-mnist}, the stand-in that travels with this
 * library (its card is README.md beside it), or an ONNX file. Immutable.
 */
public final class TeacherSource {
  private static final String BUILTIN = "builtin:";
  private static final String FASHION = BUILTIN + "fashion-mnist";
  private static final String FASHION_RESOURCE = "fashion-resnet18w32.onnx";

  private final String name;
  private final @Nullable Path file;
  private final String sha256;

  private TeacherSource(String name, @Nullable Path file) {
    this.name = name;
    this.file = file;
    this.sha256 = digest();
  }

  /** A source from what a user wrote: {@code builtin:fashion-mnist} or a path. */
  public static TeacherSource parse(String text) {
    if (text.equals(FASHION)) {
      return new TeacherSource(text, null);
    }
    if (text.startsWith(BUILTIN)) {
      throw new TeacherException("no teacher " + text + "; valid: " + FASHION + " or an ONNX file");
    }
    return of(Path.of(text));
  }

  /** An ONNX file. */
  public static TeacherSource of(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new TeacherException(
          "no teacher at " + file + "; valid: a readable ONNX file or " + FASHION);
    }
    return new TeacherSource(file.toString(), file);
  }

  /** What the user wrote. */
  public String name() {
    return name;
  }

  /** SHA-256 of the file's bytes (not of external data beside it), in hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /** What the file says of itself; nothing, where it is a builtin or cannot be read. */
  public TeacherCard card() {
    try {
      return file == null ? TeacherCard.SILENT : TeacherCard.read(file);
    } catch (IOException | IllegalArgumentException e) {
      return TeacherCard.SILENT; // who opens it says why
    }
  }

  /** The file; null for a builtin, whose bytes are read instead. */
  public @Nullable Path file() {
    return file;
  }

  /** The file's bytes, a copy. */
  public byte[] bytes() {
    try (InputStream in = open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new TeacherException("cannot read teacher " + name + ": " + e.getMessage(), e);
    }
  }

  private InputStream open() throws IOException {
    if (file != null) {
      return Files.newInputStream(file);
    }
    InputStream resource = TeacherSource.class.getResourceAsStream(FASHION_RESOURCE);
    if (resource == null) {
      throw new IOException("the resource " + FASHION_RESOURCE + " is missing from this build");
    }
    return resource;
  }

  private String digest() {
    try (DigestInputStream in =
        new DigestInputStream(open(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (IOException e) {
      throw new TeacherException("cannot read teacher " + name + ": " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
