package io.bagpipe.streams.reference;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which addresses may be connected to: those of the public internet, and of the networks that are
 * named. Loopback, private, link-local (with it the metadata services of clouds), shared, test,
 * multicast and reserved networks are not (IANA's special-purpose registries, RFC 6890), nor is any
 * address of this host, nor an IPv6 address that carries an IPv4 address that is not. Immutable.
 */
public final class Networks {
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private static final List<Network> CLOSED =
      parsed(
          Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/3",
              "2001::/23",
              "2001:db8::/32",
              "3fff::/20"));

  /** Of IPv6, only this is the internet. */
  private static final Network GLOBAL = network("2000::/3");

  private static final Network SIX_TO_FOUR = network("2002::/16");
  private static final Network NAT64 = network("64:ff9b::/96");

  private final List<Network> opened;

  /** A network by its first bits. */
  private record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> i % 8;
        if ((address[i / 8] & mask) != (other[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * @param opened networks that may be connected to all the same: an address, or one with the
   *     number of its first bits, {@code 10.2.0.0/16}
   * @throws IllegalArgumentException for one that is none
   */
  public Networks(List<String> opened) {
    this.opened = parsed(opened.stream());
  }

  /** Whether a text is a network as the constructor takes it. */
  public static boolean isOne(String text) {
    try {
      network(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether a connection may be made to an address. */
  public boolean permits(InetAddress address) {
    byte[] bytes = address.getAddress(); // an IPv4 address in IPv6's form is one of IPv4 here
    return opened.stream().anyMatch(network -> network.contains(bytes))
        || (isPublic(bytes) && !isOwn(address));
  }

  private static boolean isPublic(byte[] address) {
    if (address.length == 16) {
      if (NAT64.contains(address)) {
        return isPublic(Arrays.copyOfRange(address, 12, 16));
      }
      if (SIX_TO_FOUR.contains(address)) {
        return isPublic(Arrays.copyOfRange(address, 2, 6));
      }
      if (!GLOBAL.contains(address)) {
        return false;
      }
    }
    return CLOSED.stream().noneMatch(network -> network.contains(address));
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // what cannot be told is not permitted
    }
  }

  private static List<Network> parsed(Stream<String> texts) {
    return texts.map(Networks::network).toList();
  }

  private static Network network(String text) {
    String[] parts = text.split("/", -1);
    boolean numeric = parts.length <= 2 && NUMERIC.matcher(parts[0]).matches();
    if (!numeric) {
      throw new IllegalArgumentException(text);
    }
    try {
      byte[] address = InetAddress.getByName(parts[0]).getAddress(); // numeric: nobody is asked
      if (address.length == 4 && !parts[0].matches("\\d+(\\.\\d+){3}") && !parts[0].contains(":")) {
        throw new IllegalArgumentException(text);
      }
      int all = 8 * address.length;
      int bits = parts.length == 1 ? all : Integer.parseInt(parts[1]);
      if (bits < 0 || bits > all) {
        throw new IllegalArgumentException(text);
      }
      return new Network(address, bits);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
