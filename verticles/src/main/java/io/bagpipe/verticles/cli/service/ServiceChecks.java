package io.bagpipe.verticles.cli.service;

import io.bagpipe.model.doctor.Finding;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.KafkaConfig;
import io.bagpipe.verticles.config.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaException;

/** What a service of a configuration needs around it: Kafka, ports, room on the disk. */
final class ServiceChecks {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Of Kafka's feature transaction.version. */
  private static final int TESTED_TRANSACTIONS = 2;

  private static final long GIB = 1L << 30;
  private static final long LEAST_SPACE = GIB;
  private static final long EASY_SPACE = 10 * GIB;
  private static final String LOCALHOST = "127.0.0.1";

  private final BagpipeConfig config;

  ServiceChecks(BagpipeConfig config) {
    this.config = config;
  }

  List<Finding> findings() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    KafkaConfig kafka = config.kafka();
    if (kafka.embedded()) {
      findings.add(
          Finding.good(
              "Kafka", "embedded broker, as kafka.bootstrap.servers is not set: nothing to reach"));
      findings.add(port("broker port", LOCALHOST, kafka.embeddedPort(), "kafka.embedded.port"));
    } else {
      findings.addAll(reach(kafka));
    }
    if (config.roles().contains(Role.OPS)) {
      findings.add(port("HTTP port", config.http().host(), config.http().port(), "http.port"));
    }
    findings.add(space(config.data().dir()));
    findings.add(teacher());
    return findings;
  }

  /** The machine can be well without one; the service asks for it. */
  private Finding teacher() {
    String path = config.teacher().path();
    if (path.isEmpty()) {
      return Finding.warning(
          "teacher",
          "none is chosen, and `bagpipe run` asks for one (the demo has its own)",
          "set teacher.path");
    }
    return config.teacher().builtin()
        ? Finding.warning(
            "teacher", path + " knows clothes only", "set teacher.path to a teacher of your own")
        : Finding.good("teacher", path);
  }

  private static List<Finding> reach(KafkaConfig kafka) throws InterruptedException {
    String servers = kafka.bootstrapServers();
    Map<String, Object> properties = new HashMap<>(kafka.properties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    try (Admin admin = Admin.create(properties)) {
      DescribeClusterResult cluster = admin.describeCluster();
      int brokers = cluster.nodes().get().size();
      List<Finding> found = new ArrayList<>();
      found.add(
          Finding.good(
              "Kafka",
              servers + ": " + brokers + " brokers, cluster " + cluster.clusterId().get()));
      FinalizedVersionRange transactions =
          admin
              .describeFeatures()
              .featureMetadata()
              .get()
              .finalizedFeatures()
              .get("transaction.version");
      if (transactions != null) {
        found.add(transactions(transactions.maxVersionLevel()));
      }
      return found;
    } catch (ExecutionException | KafkaException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return List.of(
          Finding.essential(
              "Kafka",
              servers + " does not answer: " + Failures.describe(root),
              "start it, correct kafka.bootstrap.servers and the other kafka.* keys, or leave"
                  + " kafka.bootstrap.servers empty for the embedded broker"));
    }
  }

  static Finding transactions(int version) {
    String value = "transaction.version " + version;
    return version <= TESTED_TRANSACTIONS
        ? Finding.good("transactions", value)
        : Finding.warning(
            "transactions",
            value + ", crash-tested up to " + TESTED_TRANSACTIONS,
            "kafka-features.sh downgrade --feature transaction.version="
                + TESTED_TRANSACTIONS
                + ", if a killed stage does not get its partitions back");
  }

  private static Finding port(String name, String host, int port, String key) {
    String value = host + ":" + (port == 0 ? "any" : port);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return Finding.good(name, value + " is free");
    } catch (IOException e) {
      return Finding.essential(
          name,
          value + " cannot be had: " + Failures.describe(e),
          "end what listens there (another bagpipe?), or set "
              + key
              + " to another one, 0 for any");
    }
  }

  static Finding space(Path folder) {
    String name = "data directory";
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
      return Finding.essential(
          name, there + " is no directory that can be written", "set data.dir to one that can");
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      String value = String.format(Locale.ROOT, "%s, %.1f GiB free", folder, (double) free / GIB);
      if (free < LEAST_SPACE) {
        return Finding.essential(name, value, "make room, or set data.dir to another disk");
      }
      return free < EASY_SPACE
          ? Finding.warning(
              name, value, "little for a long run: make room, or set data.dir to another disk")
          : Finding.good(name, value);
    } catch (IOException e) {
      return Finding.essential(
          name,
          folder + ": " + Failures.describe(e),
          "set data.dir to a directory that can be used");
    }
  }
}
