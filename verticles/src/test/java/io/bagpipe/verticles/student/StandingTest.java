package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandingTest {
  private static final Standing NEWEST = new Standing(640, "a store", "/far/checkpoint");

  @Test
  void isReadAsItWasWritten() {
    assertThat(Standing.parse(NEWEST.text())).isEqualTo(NEWEST);
    assertThat(Standing.parse("")).isNull();
    assertThatThrownBy(() -> Standing.parse("no JSON")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStudentThatIsBehindIsElsewhereUnlessItsOwnStoreLostTheNewest() {
    assertThat(NEWEST.isElsewhere(0, "another")).isTrue();
    assertThat(NEWEST.isElsewhere(639, "another")).isTrue();
    assertThat(NEWEST.isElsewhere(640, "another")).as("copied").isFalse();
    assertThat(NEWEST.isElsewhere(64, "a store")).as("torn, or restored").isFalse();
  }

  @Test
  void aDirectoryKeepsItsIdAndOneThatIsTornIsMadeAgain(@TempDir Path directory) throws Exception {
    Path place = directory.resolve("run");
    String id = Place.idOf(place);

    assertThat(Place.idOf(place)).isEqualTo(id).isNotEqualTo(Place.idOf(directory));
    Files.writeString(place.resolve(".id"), "");
    assertThat(Place.idOf(place)).isNotEmpty().isNotEqualTo(id);
  }
}
