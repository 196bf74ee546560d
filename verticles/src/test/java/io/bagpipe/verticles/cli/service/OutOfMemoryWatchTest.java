package io.bagpipe.verticles.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutOfMemoryWatchTest {
  private final List<OutOfMemoryError> told = new ArrayList<>();

  @AfterEach
  void remove() {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender("out-of-memory");
  }

  @Test
  void anErrorThatSomebodyElseLogsIsHeard() {
    OutOfMemoryWatch.install(told::add);
    var kafka = LoggerFactory.getLogger("org.apache.kafka.clients.producer.internals.Sender");
    OutOfMemoryError error = new OutOfMemoryError("Cannot reserve direct buffer memory");

    kafka.error("nothing to do with it", new IllegalStateException("no"));
    assertThat(told).isEmpty();
    kafka.error("Uncaught error in kafka producer I/O thread", new IllegalStateException(error));

    assertThat(told).containsExactly(error);
  }
}
