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
    return new Audit("images", ledger.entries(), BATCH, "none").of(List.of(pushed));
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
    assertThat(result.waitingRanges()).containsExactly("images-0@5");
    assertThat(result.sentence()).startsWith("clean: ").doesNotContain("@");
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
    AuditResult result = audit(trained(0), pushed(1 + BATCH));

    assertThat(result.clean()).isFalse();
    assertThat(result.waiting()).isEqualTo(BATCH);
    assertThat(result.waitingRanges()).containsExactly("images-0@1-4");
    assertThat(result.sentence())
        .endsWith("4 waiting; training is not done, a batch is 4: waiting images-0@1-4")
        .hasLineCount(1);
  }

  @Test
  void saysWhichWaitUpToEveryImageThatDoesNot() {
    Pushed pushed = pushed(20, 3, 6);
    pushed.images().remove(10L); // no image: a marker of a transaction, a value of null

    assertThat(audit(trained(0, 1), pushed).waitingRanges())
        .containsExactly("images-0@2", "images-0@4-5", "images-0@7-19");
  }

  @Test
  void saysOfEveryPartitionWhichWait() {
    Pushed other = Pushed.of(1, 40);
    other.images().addAll(List.of(40L, 41L, 42L));

    AuditResult result =
        new Audit("images", trained(0).entries(), BATCH, "none").of(List.of(pushed(3), other));

    assertThat(result.waiting()).isEqualTo(5);
    assertThat(result.waitingRanges()).containsExactly("images-0@1-2", "images-1@40-42");
  }

  @Test
  void countsTheRangesThatItDoesNotName() {
    AuditResult result = audit(trained(), pushed(16, 1, 3, 5, 7, 9, 11, 13));

    assertThat(result.waitingRanges()).hasSize(8);
    assertThat(result.sentence())
        .endsWith("images-0@0 images-0@2 images-0@4 images-0@6 images-0@8 and 3 more");
  }

  @Test
  void doesNotJudgeWhatTheLogHasForgotten() {
    Pushed pushed = Pushed.of(0, 2);
    pushed.images().add(2L);

    assertThat(audit(trained(0, 1, 2), pushed).clean()).isTrue();
  }
}
