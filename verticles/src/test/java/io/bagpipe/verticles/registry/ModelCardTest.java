package io.bagpipe.verticles.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ModelCardTest {
  private static final StudentRecord STUDENT =
      Records.kept(Records.candidate(25_600, 0.8))
          .in(Stage.SERVING, new Decision("It is better.", Decision.RULE, 0, "9-00000000", false));
  private static final StudentRecord UNTRAINED =
      StudentRecord.reference(
          StudentRecord.UNTRAINED, STUDENT.lineage(), Records.scores(0.5, 9), 1);
  private static final StudentRecord ELSEWHERE =
      Records.candidate(
          9, new Scores(Map.of("knn_top1", 0.7), 15.0, 0.1, null, "other images", 10));

  private static String card(Dossier dossier) {
    return new ModelCard(dossier, new Preprocessing(28, 0, 28, new float[3], new float[] {1, 1, 1}))
        .markdown("resnet18-25600.onnx", "resnet18-25600.svg");
  }

  @Test
  void saysWhatWhoDecidesMustKnow() {
    String card = card(new Dossier(STUDENT, UNTRAINED, ELSEWHERE, null));
    assertThat(card)
        .contains("**The student that serves.** It is better.")
        .contains("28 × 28 pixels")
        .contains("images, partition 0: offsets 0 to 25,599, 25,598 images")
        .contains("and 2 times on remembered ones")
        .contains("from the teacher `d164`")
        .contains("autumn · 0-4711 at 12,800 anchors")
        // ± 1.96 √(0.8 · 0.2 / 2000)
        .contains("| kNN top-1 | 0.500 ± 0.022 | on other images | **0.800 ± 0.018** | not known |")
        .contains("Evaluated on: " + Records.EXAM)
        .contains("Not measured: the teacher's scores")
        .contains("![accuracy beside what it is held against](resnet18-25600.svg)");
    assertThat(card.lines().count()).as("one page").isLessThan(60);
  }

  @Test
  void ofOneThatNobodyEvaluatedItSaysSoAndDrawsNothing(@TempDir Path directory) throws Exception {
    Path exported = directory.resolve("a.b.onnx");
    Files.writeString(directory.resolve("a.b.svg"), "of another");
    Path card = new ModelCard(Dossier.alone(Records.candidate(64)), null).beside(exported);
    assertThat(card).hasFileName("a.b.md").content().contains("Nobody knows: it was not evaluated");
    assertThat(card).content().doesNotContain("![");
    assertThat(directory.resolve("a.b.svg")).doesNotExist();
  }

  @Test
  void thePictureIsWholeAndHasABarForEachThatIsKnown(@TempDir Path directory) throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      new ModelCard(new Dossier(STUDENT, UNTRAINED, null, null), null)
          .beside(directory.resolve("s.onnx"));
    } finally {
      Locale.setDefault(before);
    }
    String svg = Files.readString(directory.resolve("s.svg"));
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(2);
    // 0.8 of the 390 pixels between the margins
    assertThat(svg).contains("width=\"312.0\"").contains(">0.800<").contains(">not known<");
    assertThat(List.of(svg.split("\n"))).noneMatch(line -> line.contains("0,8"));
  }
}
