package io.bagpipe.streams.reference;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds a name's addresses. Safe to use from any thread; blocks. */
@FunctionalInterface
interface Resolver {
  /**
   * @return at least one
   * @throws UnknownHostException when there is none just now
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** As this host does it. */
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
