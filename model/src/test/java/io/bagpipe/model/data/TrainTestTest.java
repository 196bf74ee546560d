package io.bagpipe.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTestTest {
  @TempDir Path dir;

  @Test
  void foldersNamedTrainAndTestAreThat() throws IOException {
    Path train = Files.createDirectories(dir.resolve("train"));
    assertThat(TrainTest.of(dir, null))
        .as("a class named train")
        .isEqualTo(new TrainTest(dir, Split.TRAIN, dir, Split.HELD_OUT));
    Path val = Files.createDirectories(dir.resolve("val"));
    assertThat(TrainTest.of(dir, null)).isEqualTo(new TrainTest(train, Split.ALL, val, Split.ALL));
    Path test = Files.createDirectories(dir.resolve("test"));
    assertThat(TrainTest.of(dir, null)).isEqualTo(new TrainTest(train, Split.ALL, test, Split.ALL));
  }

  @Test
  void whatLiesElsewhereIsJudgedAsAWhole() throws IOException {
    Path other = Files.createDirectories(dir.resolve("other"));
    assertThat(TrainTest.of(dir, other)).isEqualTo(new TrainTest(dir, Split.ALL, other, Split.ALL));
  }

  @Test
  void ofIdxFilesTheirOwnHeldOutOnes() throws IOException {
    for (String name : new String[] {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}) {
      Files.write(dir.resolve(name), new byte[16]);
    }
    assertThat(TrainTest.of(dir, null))
        .isEqualTo(new TrainTest(dir, Split.TRAIN, dir, Split.HELD_OUT));
    assertThat(TrainTest.of(dir, dir))
        .isEqualTo(new TrainTest(dir, Split.TRAIN, dir, Split.HELD_OUT));
  }

  @Test
  void aPlaceThatIsNotThereIsNamed() {
    Path none = dir.resolve("none");
    assertThatThrownBy(() -> TrainTest.of(dir, none))
        .isInstanceOf(DataSetException.class)
        .hasMessage(none + ": no such file or directory");
  }
}
