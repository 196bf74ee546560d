package io.bagpipe.model.teacher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A teacher that keeps what it said in files, by the very pixels it was asked about: who asks
 * again, even in another process, gets the same bits without a pass of the network. What it refused
 * it is asked again. For experiments that show many students the same views.
 *
 * <p>Confined to one thread, and its directory to one process. It owns the teacher behind it.
 */
public final class RememberingTeacher implements TeacherEncoder {
  private final TeacherEncoder teacher;
  private final RememberedRows features;
  private final RememberedRows embeddings;
  private final int image;

  /** One of the teacher's outputs. */
  private interface Output {
    UnitRows of(byte[] views, int count);
  }

  /**
   * @param directory of this teacher alone, made when missing: another file, other outputs or
   *     another normalisation need another
   * @throws IOException when what is there cannot be read
   */
  public static RememberingTeacher open(TeacherEncoder teacher, Path directory) throws IOException {
    Files.createDirectories(directory);
    RememberedRows features =
        RememberedRows.open(directory.resolve("features"), teacher.featureDimension());
    try {
      return new RememberingTeacher(
          teacher,
          features,
          RememberedRows.open(directory.resolve("embeddings"), teacher.embeddingDimension()));
    } catch (IOException e) {
      features.close();
      throw e;
    }
  }

  private RememberingTeacher(
      TeacherEncoder teacher, RememberedRows features, RememberedRows embeddings) {
    this.teacher = teacher;
    this.features = features;
    this.embeddings = embeddings;
    this.image = 3 * teacher.inputSize() * teacher.inputSize();
  }

  @Override
  public int inputSize() {
    return teacher.inputSize();
  }

  @Override
  public int featureDimension() {
    return teacher.featureDimension();
  }

  @Override
  public int embeddingDimension() {
    return teacher.embeddingDimension();
  }

  @Override
  public UnitRows features(byte[] views, int count) {
    return rows("features", views, count, features, teacher::features);
  }

  @Override
  public UnitRows embeddings(byte[] views, int count) {
    return rows("embedding", views, count, embeddings, teacher::embeddings);
  }

  private UnitRows rows(
      String name, byte[] views, int count, RememberedRows remembered, Output output) {
    int dimension = remembered.dimension();
    UnitRows all = new UnitRows(name, count, dimension);
    List<RememberedRows.Key> keys = new ArrayList<>(count);
    List<Integer> unknown = new ArrayList<>();
    byte[] asked = new byte[Math.multiplyExact(count, image)];
    try {
      for (int row = 0; row < count; row++) {
        RememberedRows.Key key = RememberedRows.key(views, row * image, image);
        keys.add(key);
        if (!remembered.read(key, all.rows(), row * dimension)) {
          System.arraycopy(views, row * image, asked, unknown.size() * image, image);
          unknown.add(row);
        }
      }
      if (!unknown.isEmpty()) {
        UnitRows said = output.of(Arrays.copyOf(asked, unknown.size() * image), unknown.size());
        for (int i = 0; i < unknown.size(); i++) {
          int row = unknown.get(i);
          String why = said.refused().get(i);
          if (why != null) {
            all.refuse(row, why);
            continue;
          }
          System.arraycopy(said.rows(), i * dimension, all.rows(), row * dimension, dimension);
          remembered.write(keys.get(row), said.rows(), i * dimension);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what the teacher said: " + e.getMessage(), e);
    }
    return all;
  }

  @Override
  public void close() {
    try {
      features.close();
      embeddings.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      teacher.close();
    }
  }
}
