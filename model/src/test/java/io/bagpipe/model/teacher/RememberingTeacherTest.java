package io.bagpipe.model.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberingTeacherTest {
  private static final int IMAGE = 2 * 2 * 3;

  @TempDir private Path directory;

  /** Says of an image its first byte and a third of that; nothing of black ones. Counts images. */
  private static final class Counting implements TeacherEncoder {
    private int asked;
    private boolean closed;

    @Override
    public int inputSize() {
      return 2;
    }

    @Override
    public int featureDimension() {
      return 2;
    }

    @Override
    public int embeddingDimension() {
      return 1;
    }

    @Override
    public UnitRows features(byte[] views, int count) {
      return say(views, count, 2);
    }

    @Override
    public UnitRows embeddings(byte[] views, int count) {
      return say(views, count, 1);
    }

    private UnitRows say(byte[] views, int count, int dimension) {
      assertThat(views).hasSize(count * IMAGE);
      asked += count;
      UnitRows rows = new UnitRows("x", count, dimension);
      for (int row = 0; row < count; row++) {
        if (views[row * IMAGE] == 0) {
          rows.refuse(row, "black");
        } else {
          for (int i = 0; i < dimension; i++) {
            rows.rows()[row * dimension + i] = views[row * IMAGE] / (1f + 2 * i);
          }
        }
      }
      return rows;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static byte[] images(int... greys) {
    byte[] views = new byte[greys.length * IMAGE];
    for (int i = 0; i < greys.length; i++) {
      Arrays.fill(views, i * IMAGE, (i + 1) * IMAGE, (byte) greys[i]);
    }
    return views;
  }

  @Test
  void whatWasSaidIsNotAskedAgainNotEvenByAnotherProcess() throws Exception {
    Counting inner = new Counting();
    try (RememberingTeacher teacher = RememberingTeacher.open(inner, directory)) {
      assertThat(teacher.features(images(5, 7), 2).rows()).containsExactly(5f, 5f / 3, 7f, 7f / 3);
      assertThat(teacher.features(images(7, 9, 5), 3).rows())
          .containsExactly(7f, 7f / 3, 9f, 3f, 5f, 5f / 3);
      assertThat(inner.asked).isEqualTo(3);
      assertThat(teacher.embeddings(images(5), 1).rows()).containsExactly(5f);
      assertThat(inner.asked).as("the other output is another question").isEqualTo(4);
    }
    assertThat(inner.closed).isTrue();

    Counting again = new Counting();
    try (RememberingTeacher teacher = RememberingTeacher.open(again, directory)) {
      assertThat(teacher.features(images(9, 5), 2).rows()).containsExactly(9f, 3f, 5f, 5f / 3);
      assertThat(again.asked).isZero();
    }
  }

  @Test
  void whatWasRefusedIsRefusedByItsRow() throws Exception {
    Counting inner = new Counting();
    try (RememberingTeacher teacher = RememberingTeacher.open(inner, directory)) {
      teacher.features(images(5), 1);
      for (int i = 0; i < 2; i++) {
        UnitRows said = teacher.features(images(5, 0, 7), 3);
        assertThat(said.refused()).containsOnlyKeys(1);
        assertThat(said.rows()).containsExactly(5f, 5f / 3, 0, 0, 7f, 7f / 3);
      }
      assertThat(inner.asked).isEqualTo(1 + 2 + 1);
    }
  }

  @Test
  void anEndThatIsHalfWrittenOrSpoiltIsCutOff() throws Exception {
    try (RememberingTeacher teacher = RememberingTeacher.open(new Counting(), directory)) {
      teacher.features(images(5, 7), 2);
    }
    Path file = directory.resolve("features");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 13), StandardOpenOption.APPEND);
    asks(0, 5, 7);
    assertThat(Files.size(file)).isEqualTo(whole.length);

    whole[whole.length - 6] ^= 1;
    Files.write(file, whole);
    asks(1, 5, 7);
    asks(0, 5, 7);
  }

  private void asks(int expected, int... greys) throws Exception {
    Counting inner = new Counting();
    try (RememberingTeacher teacher = RememberingTeacher.open(inner, directory)) {
      assertThat(teacher.features(images(greys), greys.length).rows())
          .containsExactly(5f, 5f / 3, 7f, 7f / 3);
    }
    assertThat(inner.asked).isEqualTo(expected);
  }
}
