package io.bagpipe.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partition by partition, without a broker. */
class PartitionClaimsTest {
  private final ClaimQueue queue = new ClaimQueue(QueueLimits.of(10, 1000), () -> {});
  private final Set<Integer> stuck = new HashSet<>();
  private final List<Set<Integer>> asked = new ArrayList<>();
  private long nanos = 1;
  private final Looking consumer = new Looking();
  private final PartitionClaims claims =
      new PartitionClaims(
          queue,
          (partition, committed, earliest) -> committed == null ? earliest : committed,
          OnGap.STOP,
          () -> nanos);

  /** Offsets of stuck partitions cannot be had: a transaction on them is open. */
  private final class Looking extends MockConsumer<byte[], byte[]> {
    Looking() {
      super("none");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions, Duration timeout) {
      Set<Integer> numbers =
          partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet());
      asked.add(numbers);
      if (numbers.stream().anyMatch(stuck::contains)) {
        nanos += timeout.toNanos();
        throw new TimeoutException("an offset is pending");
      }
      return Map.of();
    }
  }

  @BeforeEach
  void assignFour() {
    List<TopicPartition> all =
        IntStream.range(0, 4).mapToObj(p -> new TopicPartition("images", p)).toList();
    consumer.assign(all);
    for (TopicPartition one : all) {
      consumer.updateBeginningOffsets(Map.of(one, 0L));
      consumer.updateEndOffsets(Map.of(one, 5L));
    }
  }

  private void polls(int count) {
    for (int i = 0; i < count; i++) {
      claims.claimAssigned(consumer);
    }
  }

  @Test
  void allThatCanBeClaimedAreClaimedInOneGo() {
    polls(1);
    assertThat(queue.claimed()).containsExactly(0, 1, 2, 3);
    assertThat(asked).hasSize(1);
    assertThat(claims.fault()).isNull();
  }

  @Test
  void oneThatCannotBeClaimedKeepsNobodyElse() {
    stuck.add(2);
    for (int poll = 0; poll < 10; poll++) {
      long before = nanos;
      polls(1);
      assertThat(Duration.ofNanos(nanos - before))
          .as("one wait between two polls at most")
          .isLessThanOrEqualTo(Duration.ofSeconds(5));
    }
    assertThat(queue.claimed()).containsExactly(0, 1, 3);
    assertThat(claims.fault())
        .isEqualTo("cannot be claimed yet: images-2: an offset is pending")
        .doesNotContain("images-1");

    int before = asked.size();
    polls(50);
    assertThat(asked).as("it is let alone for a while").hasSize(before);

    stuck.clear();
    nanos += Duration.ofMinutes(1).toNanos();
    polls(1);
    assertThat(queue.claimed()).containsExactly(0, 1, 2, 3);
    assertThat(claims.fault()).isNull();
  }

  @Test
  void oneThatWasGivenUpIsNotClaimedAgainUntilTheGroupHadItElsewhere() {
    polls(1);
    claims.giveUp(3, "no memory for its window");
    polls(3);
    assertThat(queue.claimed()).containsExactly(0, 1, 2);
    assertThat(claims.fault())
        .isEqualTo("cannot be claimed yet: partition 3: no memory for its window");

    List<TopicPartition> fewer =
        IntStream.range(0, 3).mapToObj(p -> new TopicPartition("images", p)).toList();
    List<TopicPartition> all = new ArrayList<>(consumer.assignment());
    consumer.assign(fewer);
    polls(1);
    assertThat(claims.fault()).isNull();
    consumer.assign(all);
    polls(1);
    assertThat(queue.claimed()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void oneThatIsTakenAwayIsForgotten() {
    stuck.add(2);
    polls(10);
    consumer.assign(List.of(new TopicPartition("images", 0)));
    polls(1);
    assertThat(claims.fault()).isNull();
  }

  @Test
  void aLostEndIsFoundThoughOthersOfThisConsumerAreWell() {
    PartitionClaims beyond =
        new PartitionClaims(
            queue,
            (partition, committed, earliest) -> partition == 3 ? 9 : 0,
            OnGap.STOP,
            () -> nanos);
    beyond.claimAssigned(consumer);
    assertThat(queue.claimed()).containsExactly(0, 1, 2);
    nanos += Duration.ofSeconds(6).toNanos();
    queue.lose(0); // is claimed again, and says nothing of partition 3
    beyond.claimAssigned(consumer);
    assertThat(queue.claimed()).containsExactly(0, 1, 2);
    nanos += Duration.ofSeconds(6).toNanos();

    assertThatThrownBy(() -> beyond.claimAssigned(consumer))
        .isInstanceOf(GapException.class)
        .hasMessageContaining("partition 3");
  }
}
