package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagCountTest {
  private final LagCount count = new LagCount(100);

  @Test
  void whatThisProcessProducedIsCountedByRecordNotByOffset() {
    // one record and one marker a transaction: offsets 0, 2, 4, 6
    for (int offset = 0; offset < 8; offset += 2) {
      count.produced(0, offset, 10);
    }
    count.looked(0, 0, 8);
    assertThat(count.records()).isEqualTo(4);
    assertThat(count.bytes()).isEqualTo(40);

    count.looked(0, 3, 8);
    assertThat(count.records()).isEqualTo(2);

    count.looked(0, 7, 8);
    assertThat(count.records()).isZero();
    assertThat(count.bytes()).isZero();
  }

  @Test
  void whatOthersProducedIsCountedByOffsetWithTheAssumedSize() {
    count.looked(0, 10, 30);
    count.looked(1, 0, 5);
    assertThat(count.records()).isEqualTo(25);
    assertThat(count.bytes()).isEqualTo(2500);

    count.looked(0, 30, 30);
    assertThat(count.records()).isEqualTo(5);
  }

  @Test
  void aFormerLifesRecordsBeforeAndAnothersBehindAreCountedOnce() {
    count.looked(0, 10, 30);
    count.produced(0, 30, 10);
    count.produced(0, 31, 10);
    count.looked(0, 10, 33);
    assertThat(count.records()).isEqualTo(20 + 2);

    count.looked(0, 25, 40);
    assertThat(count.records()).isEqualTo(5 + 2 + 7);

    count.looked(0, 36, 40);
    assertThat(count.records()).isEqualTo(4);
  }

  @Test
  void pendingResultsCountUntilTheyAreProduced() {
    count.pending(3, 30);
    assertThat(count.records()).isEqualTo(3);
    count.pending(-3, -30);
    assertThat(count.records()).isZero();
  }
}
