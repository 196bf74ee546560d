package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stage between two topics.
 *
 * @param stage its name: part of thread names and of dead letters
 * @param intake topic, group, instance and queue; group and instance name the transactions too; the
 *     instance must differ between processes that run the same stage, and stay the same over
 *     restarts
 * @param outputTopic with as many partitions as the input; null: the stage produces dead letters at
 *     most
 * @param stateTopics compacted, with as many partitions as the input: what the stage keeps, changed
 *     in the same transactions
 * @param transactions how results are gathered into transactions
 * @param gate the group that consumes the output topic, and how far behind it may be; null: no
 *     bound
 */
public record StageSettings(
    String stage,
    IntakeSettings intake,
    @Nullable String outputTopic,
    String deadLetterTopic,
    Set<String> stateTopics,
    BatchLimits batch,
    TransactionLimits transactions,
    LagGate.@Nullable Settings gate) {

  public StageSettings {
    stateTopics = Set.copyOf(stateTopics);
    if (!stage.matches("[a-z0-9][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "stage name is '" + stage + "', must be lower-case letters, digits and hyphens");
    }
  }

  /** Of the group and the instance: two services that consume one topic do not fence each other. */
  String transactionalId() {
    return intake.group() + "-" + intake.instance();
  }

  /**
   * A transaction is committed when it is as old as interval or holds maxBytes of results.
   *
   * @param interval longer: fewer transactions, later results
   * @param maxBytes also the bound of finished results that wait (twice this)
   * @param timeout after which the broker aborts the transaction of a stage that vanished
   * @param maxRecordBytes largest record produced
   * @param compression of what is produced
   */
  public record TransactionLimits(
      Duration interval, long maxBytes, Duration timeout, int maxRecordBytes, String compression) {
    public TransactionLimits {
      if (interval.isNegative() || maxBytes < 1 || timeout.toMillis() < 1000) {
        throw new IllegalArgumentException(
            "transaction limits are %s, %d bytes, timeout %s, must be at least 0, 1 and 1 s"
                .formatted(interval, maxBytes, timeout));
      }
    }

    /** 50 ms, 16 MiB, 20 s, records of up to 16 MiB, lz4. */
    public static TransactionLimits defaults() {
      return new TransactionLimits(
          Duration.ofMillis(50), 16 << 20, Duration.ofSeconds(20), 16 << 20, "lz4");
    }
  }
}
