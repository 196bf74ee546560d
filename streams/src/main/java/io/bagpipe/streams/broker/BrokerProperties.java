package io.bagpipe.streams.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** Bagpipe's choices for a single-node broker on somebody's laptop, and why. */
final class BrokerProperties {
  static final String CLIENTS = "PLAINTEXT";
  static final String CONTROLLER = "CONTROLLER";

  /** Keys, headers and framing that come on top of a record's value. */
  private static final int OVERHEAD_BYTES = 64 << 10;

  private BrokerProperties() {}

  static Properties of(BrokerSettings settings, String host, int node, Path log) {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(node));
    p.put("log.dirs", log.toString());
    p.put(
        "listeners",
        CLIENTS + "://" + host + ":" + settings.port() + "," + CONTROLLER + "://" + host + ":0");
    p.put("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    p.put("controller.listener.names", CONTROLLER);
    p.put("controller.quorum.bootstrap.servers", host + ":1");
    p.put("auto.create.topics.enable", "false");
    singleNode(p);
    recordSize(p, settings.maxRecordBytes());
    smallMachine(p);
    p.putAll(settings.properties());
    return p;
  }

  private static void singleNode(Properties p) {
    for (String topic :
        List.of("offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic.")) {
      p.put(topic + "replication.factor", "1");
      p.put(topic + "num.partitions", "1");
    }
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    // one process joins alone: waiting for company only delays the start
    p.put("group.initial.rebalance.delay.ms", "0");
    // a laptop may sleep for months, and offsets that expire mean images trained twice
    p.put("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE));
    // How long the process may stall (be suspended, swapped out) before the controller takes the
    // broker for dead, and all partitions for leaderless. A start strikes the former one out.
    p.put("broker.session.timeout.ms", "3600000");
    p.put("broker.heartbeat.interval.ms", "500");
    // a killed stage's transaction holds readers back until it is aborted
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
  }

  private static void recordSize(Properties p, int maxRecordBytes) {
    int batch = maxRecordBytes + OVERHEAD_BYTES;
    p.put("message.max.bytes", Integer.toString(batch));
    p.put("replica.fetch.max.bytes", Integer.toString(batch));
    p.put("socket.request.max.bytes", Integer.toString(Math.max(100 << 20, 2 * batch)));
    // Small segments: recovery after a kill reads the newest one, and trimming frees whole ones.
    p.put("log.segment.bytes", Integer.toString(Math.max(64 << 20, batch)));
  }

  private static void smallMachine(Properties p) {
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    p.put("background.threads", "2");
    p.put("num.recovery.threads.per.data.dir", "2");
    p.put("log.cleaner.threads", "1");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    p.put("offsets.topic.segment.bytes", Integer.toString(16 << 20));
    p.put("transaction.state.log.segment.bytes", Integer.toString(16 << 20));
    // No fsync of our own: the page cache outlives a killed process, and on a busy disk an fsync
    // can
    // hold up the controller until it takes its own broker for dead.
    // trimmed segments leave the disk soon
    p.put("log.retention.check.interval.ms", "30000");
    p.put("log.segment.delete.delay.ms", "5000");
  }
}
