package io.bagpipe.verticles.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.checkpoint.Ledger;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final int BATCH = 4;

  private static Ledger trained(long... offsets) {
    Ledger ledger = new Ledger();
    for (long offset : offsets) {
      ledger.add("images", 0, offset);
    }
    return ledger;
  }

  private static AuditResult audit(Ledger ledger, Pushed pushed) {
    return new Audit(ledger.entries(), BATCH, "none").of(List.of(pushed));
  }

  private static Pushed pushed(long count, long... dead) {
    Pushed pushed = Pushed.of(0, 0);
    for (long offset = 0; offset < count; offset++) {
      pushed.images().add(offset);
    }
    for (long offset : dead) {
      pushed.dead().add(offset);
    }
    return pushed;
  }

  @Test
  void isCleanWhenEveryImageIsTrainedOrDead() {
    AuditResult result = audit(trained(0, 1, 3, 4), pushed(6, 2));

    assertThat(result.clean()).isTrue();
    assertThat(result.waiting()).isEqualTo(1);
    assertThat(result.deadLetters()).isEqualTo(1);
  }

  @Test
  void namesWhatWasLost() {
    AuditResult result = audit(trained(0, 1, 3, 4), pushed(5));

    assertThat(result.clean()).isFalse();
    assertThat(result.lost()).containsExactly("0-2");
    assertThat(result.sentence()).startsWith("NOT clean").contains("1 lost: 0-2");
  }

  @Test
  void noticesAnImageTrainedTwice() {
    assertThat(audit(trained(0, 1, 1, 2), pushed(3)).repeated()).hasSize(1);
  }

  @Test
  void noticesAnImageThatIsTrainedAndDead() {
    assertThat(audit(trained(0, 1, 2), pushed(3, 1)).repeated()).hasSize(1);
  }

  @Test
  void noticesATrainedImageThatNobodyPushed() {
    assertThat(audit(trained(0, 1, 2, 3), pushed(3)).foreign()).containsExactly("0-3");
  }

  @Test
  void doesNotCallItCleanWhileAWholeBatchWaits() {
    assertThat(audit(trained(0), pushed(1 + BATCH)).clean()).isFalse();
  }

  @Test
  void doesNotJudgeWhatTheLogHasForgotten() {
    Pushed pushed = Pushed.of(0, 2);
    pushed.images().add(2L);

    assertThat(audit(trained(0, 1, 2), pushed).clean()).isTrue();
  }
}
