package io.bagpipe.verticles.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
  @TempDir Path dir;
  private final List<String> said = new ArrayList<>();

  @Test
  void takesWhatTheUserNames() {
    assertThat(finder(List.of(), List.of()).locate(dir)).isEqualTo(dir);
    assertThatThrownBy(() -> finder(List.of(), List.of()).locate(dir.resolve("none")))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("none: no such directory");
    assertThat(said).isEmpty();
  }

  @Test
  void takesThePackageOnceAllItsFilesAreThere() throws IOException {
    Path packaged = Files.createDirectories(dir.resolve("packaged"));
    for (FashionMnist.Published file : FashionMnist.FILES) {
      assertThatThrownBy(() -> finder(List.of(), List.of()).locate(null))
          .isInstanceOf(CommandFailedException.class);
      Files.write(packaged.resolve(file.name()), new byte[1]);
    }

    assertThat(finder(List.of(), List.of()).locate(null)).isEqualTo(packaged);
  }

  @Test
  void installsThePackage() {
    StringBuilder script = new StringBuilder("mkdir -p " + dir.resolve("packaged"));
    FashionMnist.FILES.forEach(
        f -> script.append(" && : > ").append(dir.resolve("packaged").resolve(f.name())));
    List<List<String>> install = List.of(List.of("false"), List.of("sh", "-c", script.toString()));

    assertThat(finder(install, List.of()).locate(null)).isEqualTo(dir.resolve("packaged"));
    assertThat(said).hasSize(1).first().asString().startsWith("installing Debian's package");
  }

  @Test
  void refusesADownloadThatIsNotThePublishedFile() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/good/",
        exchange -> {
          exchange.sendResponseHeaders(200, 26_421_880);
          exchange.getResponseBody().write(new byte[26_421_880]);
          exchange.close();
        });
    server.start();
    try {
      URI mirror = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/good/");
      URI gone = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/gone/");

      assertThatThrownBy(() -> finder(List.of(), List.of(mirror)).locate(null))
          .hasMessageContaining("train-images-idx3-ubyte.gz has not the published SHA-256")
          .hasMessageContaining("--data DIR")
          .message()
          .doesNotContain("\n");
      assertThatThrownBy(() -> finder(List.of(List.of("false")), List.of(gone)).locate(null))
          .hasMessageContaining("apt-get cannot install dataset-fashion-mnist")
          .hasMessageContaining("status 404");
      assertThat(dir.resolve("downloads")).isEmptyDirectory();
    } finally {
      server.stop(0);
    }
  }

  private FashionMnist finder(List<List<String>> install, List<URI> mirrors) {
    return new FashionMnist(
        new FashionMnist.Places(
            dir.resolve("packaged"), dir.resolve("downloads"), install, mirrors),
        said::add);
  }
}
