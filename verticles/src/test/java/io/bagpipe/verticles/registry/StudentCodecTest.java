package io.bagpipe.verticles.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.proto.StudentAnnouncement;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentCodecTest {
  private static final StudentRecord SERVING =
      Records.kept(Records.candidate(640, 0.75))
          .in(Stage.SERVING, new Decision("Why.", Decision.PERSON, 5, "1-00000000", true));

  @Test
  void aRecordComesBackAsItWas() throws Exception {
    for (StudentRecord one : new StudentRecord[] {SERVING, Records.candidate(7)}) {
      byte[] bytes = StudentCodec.write(one).toByteArray();
      assertThat(StudentCodec.read(Codecs.parseStudent(record("k", bytes)))).isEqualTo(one);
    }
  }

  @Test
  void aReaderOfTheFirstVersionFindsWhatItKnewInTheOneThatServesAndRefusesTheOthers()
      throws Exception {
    StudentAnnouncement serving = StudentCodec.write(SERVING);
    assertThat(serving.getVersion()).isEqualTo(1);
    assertThat(StudentCodec.write(Records.candidate(7)).getVersion()).isEqualTo(2);
    UnknownFieldSet before = UnknownFieldSet.parseFrom(serving.toByteArray());
    assertThat(before.getField(2).getLengthDelimitedList().get(0).toStringUtf8())
        .isEqualTo("service");
    assertThat(before.getField(3).getVarintList()).containsExactly(640L);
    assertThat(before.getField(4).getLengthDelimitedList().get(0).toStringUtf8())
        .isEqualTo("resnet18");
    assertThat(Double.longBitsToDouble(before.getField(7).getFixed64List().get(0))).isEqualTo(0.75);
  }

  @Test
  void aRecordOfTheFirstVersionServesAndSaysThatItsFilesAreNotKnown() {
    StudentAnnouncement before =
        StudentAnnouncement.newBuilder()
            .setVersion(1)
            .setRun("service")
            .setAnchors(99)
            .setArchitecture("resnet18")
            .setCheckpoint("checkpoint-000000000003.safetensors")
            .setLoss(3)
            .setKnnTop1(0.5)
            .build();
    StudentsTopic.Fold fold = new StudentsTopic("students", "service").fold();
    fold.take(record("service", before.toByteArray()));
    StudentRecord serving = fold.students().serving();
    assertThat(serving.anchors()).isEqualTo(99);
    assertThat(serving.scores().accuracies()).containsEntry("knn_top1", 0.5);
    assertThat(serving.hasFile()).isFalse();
  }

  @Test
  void anotherRunsAndOnesThatCannotBeReadArePassedOverButNotWhoServes() {
    StudentsTopic.Fold fold = new StudentsTopic("students", "service").fold();
    byte[] bytes = StudentCodec.write(SERVING).toByteArray();
    fold.take(record("other", bytes));
    fold.take(record("service2#640", bytes));
    fold.take(record("service#640", new byte[] {1, 2, 3}));
    assertThat(fold.students().all()).isEmpty();
    byte[] later = StudentCodec.write(SERVING).toBuilder().setVersion(9).build().toByteArray();
    assertThatThrownBy(() -> fold.take(record("service", later)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("who serves cannot be read")
        .hasMessageContaining("version 9");
  }

  @Test
  void whatIsLeftBesideAFileComesBackAsItWas(@TempDir Path directory) throws Exception {
    Dossier dossier = new Dossier(SERVING, Records.candidate(1, 0.1), null, null);
    String text = StudentJson.FILE.text(dossier);
    assertThat(text).contains("\"stage\":\"serving\"", "\"knn_top1\":0.75", "\"saved_at\"");
    Path file = Files.writeString(directory.resolve("a.json"), text);
    assertThat(StudentJson.FILE.read(file)).isEqualTo(dossier);
  }

  private static InputRecord record(String key, byte[] value) {
    return new InputRecord(
        "students", 0, 0, key.getBytes(StandardCharsets.UTF_8), value, Map.of(), 0);
  }
}
