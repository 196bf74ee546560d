package io.bagpipe.model.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.torch.Alike;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script for GPUs makes up is what the service takes. */
class MadeUpTest {
  @TempDir Path folder;

  @Test
  void aTeacherThatBothEnginesRun() throws Exception {
    Path file = folder.resolve("teacher.onnx");

    MadeUp.main(new String[] {"teacher", file.toString(), "resnet50", "8", "32"});

    Alike.assertAlike(TeacherSource.of(file), TeacherOptions.defaults(1));
  }

  @Test
  void imagesOfClassesNoTwoAlike() throws Exception {
    MadeUp.main(new String[] {"images", folder.toString(), "12", "40"});

    try (ImageSource source = ImageSources.open(folder)) {
      assertThat(source.size()).isEqualTo(12);
      assertThat(source.read(0)).startsWith((byte) 0xff, (byte) 0xd8);
      assertThat(Arrays.equals(source.read(0), source.read(1))).isFalse();
    }
  }
}
