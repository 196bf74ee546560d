package io.bagpipe.verticles.ops;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Hosts that can be nothing but this machine. */
public final class Loopback {
  private Loopback() {}

  /**
   * Whether this is {@code localhost} or an address of the loopback, written as an address: four
   * decimal numbers, or IPv6 with or without brackets. A dot at the end is left out. No name is
   * resolved: what only begins like an address is a name, and whose it is, is for others to say.
   */
  public static boolean is(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (name.equalsIgnoreCase("localhost")) {
      return true;
    }
    boolean bracketed = name.startsWith("[") && name.endsWith("]");
    byte[] address =
        NetUtil.createByteArrayFromIpAddressString(
            bracketed ? name.substring(1, name.length() - 1) : name);
    try {
      return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes are an address", e);
    }
  }
}
