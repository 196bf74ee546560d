package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.stage.Lineage.Part;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  private static final String TEACHER = "ab".repeat(32);
  private static final InputRecord RECORD =
      new InputRecord("embeddings", 2, 77, null, new byte[0], Map.of(), 0);

  private static Recipe recipe(String... sets) {
    BagpipeConfig config = new ConfigSources(Map.of(), null, Map.of(), List.of(sets)).load();
    return Recipe.of(config, new Settings(config).needs(), TEACHER);
  }

  @Test
  void theDigestsOfTheBuiltInConfigurationAreWhatTheyWere() {
    assertThat(recipe().all().text())
        .as("else every service refuses its own records after an upgrade")
        .isEqualTo(
            "geometry:70c8f0d8a710a9e825cb6e782dcbbebcca5b685ae3310033e573e310928b2c70"
                + " views:d91460c859347f45018a0b4c01869a3949aced3e018652427a2aec32ba9f6821"
                + " objective:c208d21ffca097898902b8735c03887676d7dc7a3f76198d1c302a9201bd6c17"
                + " teacher-file:"
                + TEACHER
                + " teacher-outputs:8b36a77da5df75d7eead0b7e781a756652bdeae991768cb8e69d27b75bfd1102"
                + " bags:c0285b6a39c9f4358c3ddfaacbfd35908dac35e78fd4dfc55906dafb63ec9f68");
  }

  @ParameterizedTest
  @CsvSource({
    "views.flip=0.4, VIEWS",
    "views.jitter.hue=0.2, VIEWS",
    "views.pad=0, GEOMETRY",
    "teacher.std=2, TEACHER_OUTPUTS",
    "teacher.projection=orthogonal, TEACHER_OUTPUTS",
    "teacher.projection=pca, TEACHER_OUTPUTS",
    "teacher.engine=torch, TEACHER_OUTPUTS",
    "teacher.device=cuda, TEACHER_OUTPUTS",
    "teacher.precision=bf16, TEACHER_OUTPUTS",
    "train.objective=seed, OBJECTIVE",
    "train.objective=coss, OBJECTIVE",
    "train.objective=moco-v2, OBJECTIVE",
    "bags.k=4, BAGS",
    "bags.min-window=32, BAGS",
  })
  void aKeyThatDecidesWhatIsMadeChangesItsPartAlone(String set, Part part) {
    assertThat(recipe().all().differing(recipe(set).all())).containsExactly(part);
  }

  @Test
  void theSeedDrawsViewsAndMembersAndSpeedChangesNothing() {
    assertThat(recipe().all().differing(recipe("seed=2").all()))
        .containsExactly(Part.VIEWS, Part.BAGS);
    assertThat(recipe("teacher.batch=8", "teacher.threads=2", "train.lr=1", "views.mean=0").all())
        .isEqualTo(recipe().all());
  }

  @Test
  void aProjectionIsAFunctionOfItsValuesAndTheSeedAndNothingWithoutOne() {
    String on = "teacher.projection=orthogonal";

    assertThat(recipe(on).teacher()).isNotEqualTo(recipe(on, "train.embedding=64").teacher());
    assertThat(recipe(on).teacher()).isNotEqualTo(recipe(on, "seed=2").teacher());
    assertThat(recipe("train.embedding=64").all()).isEqualTo(recipe().all());
  }

  @Test
  void whichOfSeveralGpusIsNoPartOfARecord() {
    assertThat(recipe("teacher.device=cuda:1").all())
        .isEqualTo(recipe("teacher.device=cuda").all());
  }

  @Test
  void aLineageIsReadAsItWasWrittenAndStrangersWordsArePassedOver() {
    Lineage all = recipe().all();

    assertThat(Lineage.parse(all.text())).isEqualTo(all);
    assertThat(Lineage.parse("stranger:12 " + all.text() + " nonsense :")).isEqualTo(all);
    assertThat(Lineage.parse("")).isEqualTo(Lineage.UNKNOWN);
  }

  @Test
  void anotherMakerIsRefusedInALineThatSaysWhereWhatAndTheCure() {
    Makers makers = new Makers(recipe().embeddings(), OnOther.REFUSE);
    Lineage other = recipe().views().and(new Lineage(Map.of(Part.TEACHER_FILE, "cd".repeat(32))));

    assertThatThrownBy(() -> makers.check(RECORD, other.text()))
        .isInstanceOf(OtherMakerException.class)
        .hasMessageContaining("topic embeddings, partition 2, offset 77")
        .hasMessageContaining("the file of teacher.path (cdcdcdcdcdcd there, abababababab here)")
        .hasMessageContaining("service.on-other-maker=accept")
        .hasMessageNotContaining("views.size");
  }

  @Test
  void whatIsUnknownIsTakenAndAcceptedIsWhatTheOperatorAccepts() {
    Makers strict = new Makers(recipe().embeddings(), OnOther.REFUSE);
    Makers lenient = new Makers(recipe().embeddings(), OnOther.ACCEPT);
    String other = new Lineage(Map.of(Part.TEACHER_FILE, "cd")).text();
    String crop = recipe("views.flip=0").views().text();

    assertThat(strict.check(RECORD, "")).isEqualTo(Lineage.UNKNOWN);
    assertThat(lenient.check(RECORD, other).text()).isEqualTo(other);
    assertThat(lenient.isOther(other)).isTrue();
    assertThat(lenient.hasOtherFeatures(other)).isTrue();
    assertThat(lenient.isOther(crop)).isTrue();
    assertThat(lenient.hasOtherFeatures(crop)).as("drawn otherwise, seen alike").isFalse();
    assertThat(strict.hasOtherFeatures("")).isFalse();
  }

  @Test
  void whatCannotBeUsedIsPoisonOnlyIfThisConfigurationMadeIt() {
    Makers lenient = new Makers(recipe().embeddings(), OnOther.ACCEPT);
    PoisonRecordException poison = new PoisonRecordException("a view of 12 bytes");

    assertThatCode(() -> lenient.requireOwn(RECORD, recipe().all().text(), poison))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> lenient.requireOwn(RECORD, "teacher-file:12", poison))
        .isInstanceOf(OtherMakerException.class)
        .hasMessageContaining("cannot be accepted: a view of 12 bytes");
  }
}
