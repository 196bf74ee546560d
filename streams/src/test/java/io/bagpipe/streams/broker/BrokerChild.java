package io.bagpipe.streams.broker;

import java.nio.file.Path;

/** Holds a broker directory until it is killed. */
public final class BrokerChild {
  private BrokerChild() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(Path.of(arguments[0])));
    System.out.println("STARTED " + broker.bootstrapServers());
    Thread.currentThread().join();
  }
}
