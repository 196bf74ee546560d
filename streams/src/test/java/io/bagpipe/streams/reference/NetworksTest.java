package io.bagpipe.streams.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
  private static boolean permits(String address, String... opened) throws Exception {
    return new Networks(List.of(opened)).permits(InetAddress.getByName(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001::1",
        "2001:db8::1",
        "fd00:ec2::254",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void whatIsNotTheInternetIsNotConnectedTo(String address) throws Exception {
    assertThat(permits(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "64:ff9b::101:101",
        "2002:101:101::1"
      })
  void theInternetIs(String address) throws Exception {
    assertThat(permits(address)).isTrue();
  }

  @Test
  void whatIsNamedIsAndNothingBesideIt() throws Exception {
    assertThat(permits("10.2.3.4", "10.2.0.0/16")).isTrue();
    assertThat(permits("::ffff:10.2.3.4", "10.2.0.0/16")).isTrue();
    assertThat(permits("10.3.3.4", "10.2.0.0/16")).isFalse();
    assertThat(permits("127.0.0.1", "127.0.0.1")).isTrue();
    assertThat(permits("127.0.0.2", "127.0.0.1")).isFalse();
    assertThat(permits("::1", "127.0.0.1")).isFalse();
    assertThat(permits("fd00::7", "fd00::/8")).isTrue();
    assertThat(permits("fc00::7", "fd00::/8")).isFalse();
  }

  @Test
  void noAddressOfThisHostIs() throws Exception {
    Networks networks = new Networks(List.of());

    assertThat(
            NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(networks::permits))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.1", "::/129"})
  void whatIsNoNetworkIsToldApart(String text) {
    assertThat(Networks.isOne(text)).isFalse();
  }
}
