package io.bagpipe.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.engine.Rank;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  @Test
  void isReadFromWhatTorchrunSets() {
    Map<String, String> environment =
        Map.of("RANK", "1", "WORLD_SIZE", "4", "MASTER_ADDR", "one", "MASTER_PORT", "29500");

    assertThat(Rendezvous.rank(environment)).isEqualTo(new Rank(1, 4));
    assertThat(Rendezvous.of(environment)).isEqualTo(new Rendezvous.Tcp("one", 29_500));
    assertThat(Rendezvous.rank(Map.of())).isEqualTo(Rank.ALONE);
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> Rendezvous.rank(Map.of("RANK", "1")))
        .hasMessage("WORLD_SIZE is not set; valid: a number");
    assertThatThrownBy(() -> Rendezvous.rank(Map.of("RANK", "four", "WORLD_SIZE", "4")))
        .hasMessage("RANK is \"four\"; valid: a number");
    assertThatThrownBy(() -> Rendezvous.rank(Map.of("RANK", "4", "WORLD_SIZE", "4")))
        .hasMessageContaining("rank 4 of 4");
    assertThatThrownBy(() -> Rendezvous.of(Map.of("RANK", "0")))
        .hasMessageContaining("MASTER_ADDR");
    assertThatThrownBy(() -> Rendezvous.of(Map.of("MASTER_ADDR", "one", "MASTER_PORT", "0")))
        .hasMessageContaining("1 to 65535");
  }
}
