package io.bagpipe.verticles.registry;

import io.bagpipe.streams.lease.Holder;
import io.bagpipe.streams.lease.LeaseSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import org.apache.kafka.common.TopicPartition;

/** The lease that whoever trains a service's student, or writes its registry, must hold. */
public final class StudentLease {
  private StudentLease() {}

  /**
   * @param me who wants it
   */
  public static LeaseSettings of(BagpipeConfig config, Holder me) {
    String service = config.service().name();
    return LeaseSettings.of(
        service + "-student-lease",
        "the student of service " + service,
        me,
        new TopicPartition(config.topics().students(), 0));
  }
}
