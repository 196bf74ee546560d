package io.bagpipe.verticles.registry;

import io.bagpipe.verticles.registry.PromotionRule.Mode;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A service's registry of two students, of which the later one serves. */
public final class AFewStudents {
  private AFewStudents() {}

  /** What its topic holds. */
  public static List<ProducerRecord<byte[], byte[]>> records() {
    StudentsTopic topic = new StudentsTopic("students", "service");
    PromotionRule rule = new PromotionRule(Mode.BETTER, 0.01, 0.002, 2);
    Students.Change first =
        Students.NONE.registered(Records.kept(Records.candidate(640, 0.5)), rule, true, 3);
    Students.Change then =
        first.next().registered(Records.kept(Records.candidate(1_280, 0.6)), rule, true, 3);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(topic.records(first));
    records.addAll(topic.records(then));
    return records;
  }
}
