package io.bagpipe.verticles.cli.demo;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Fashion-MNIST data set (Zalando Research, MIT licence), or gets it: where Debian's
 * package puts it, where an earlier download put it, by installing that package, by downloading the
 * published files. Blocks; for a command's own thread.
 */
public final class FashionMnist {
  /**
   * A published file.
   *
   * @param sha256 of the compressed file
   */
  record Published(String name, long length, String sha256) {}

  static final List<Published> FILES =
      List.of(
          new Published(
              "train-images-idx3-ubyte.gz",
              26_421_880,
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
          new Published(
              "train-labels-idx1-ubyte.gz",
              29_515,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
          new Published(
              "t10k-images-idx3-ubyte.gz",
              4_422_102,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
          new Published(
              "t10k-labels-idx1-ubyte.gz",
              5_148,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));

  private static final String PACKAGE = "dataset-fashion-mnist";

  /**
   * Where to look and what may be done.
   *
   * @param packaged where the package puts the files
   * @param downloads where downloaded files are kept
   * @param install installs the package; empty where that cannot be done
   * @param mirrors addresses of a directory with the published files, first choice first
   */
  record Places(Path packaged, Path downloads, List<List<String>> install, List<URI> mirrors) {}

  private final Places places;
  private final Consumer<String> say;

  FashionMnist(Places places, Consumer<String> say) {
    this.places = places;
    this.say = say;
  }

  /**
   * The usual places.
   *
   * @param datasets where downloads are kept
   * @param say takes a line before anything that needs time
   */
  public static FashionMnist usual(Path datasets, Consumer<String> say) {
    // Every file is checked by its SHA-256, so the address need not be trusted.
    List<URI> mirrors =
        List.of(
            URI.create("https://fashion-mnist.s3.eu-central-1.amazonaws.com/"),
            URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            URI.create(
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"));
    return new FashionMnist(
        new Places(
            Path.of("/usr/share/datasets/fashion-mnist"),
            datasets.resolve("fashion-mnist"),
            installCommands(),
            mirrors),
        say);
  }

  /**
   * The directory with the data set.
   *
   * @param given what the user named, if anything; taken as it is
   * @throws CommandFailedException with what to do, when nothing works
   */
  public Path locate(@Nullable Path given) {
    if (given != null) {
      if (!Files.isDirectory(given)) {
        throw new CommandFailedException(
            given + ": no such directory; expected IDX files or class/name images in it");
      }
      return given;
    }
    if (isComplete(places.packaged())) {
      return places.packaged();
    }
    if (isDownloaded()) {
      return places.downloads();
    }
    List<String> tried = new ArrayList<>();
    if (install(tried) || download(tried)) {
      return isComplete(places.packaged()) ? places.packaged() : places.downloads();
    }
    throw new CommandFailedException(
        "Fashion-MNIST is not on this machine ("
            + String.join("; ", tried)
            + "); name a directory of IDX files or class/name images with --data DIR, or run"
            + " apt-get install "
            + PACKAGE);
  }

  private static List<List<String>> installCommands() {
    boolean debian = Files.exists(Path.of("/etc/debian_version"));
    if (!debian || !Files.isExecutable(Path.of("/usr/bin/apt-get")) || !isRoot()) {
      return List.of();
    }
    List<String> install =
        List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "install", PACKAGE);
    return List.of(install, List.of("apt-get", "-q", "update"), install);
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private boolean install(List<String> tried) {
    if (places.install().isEmpty()) {
      tried.add("not Debian, or not root: no package installed");
      return false;
    }
    say.accept("installing Debian's package " + PACKAGE + " (apt-get, once)");
    for (List<String> command : places.install()) {
      if (run(command) && isComplete(places.packaged())) {
        return true;
      }
    }
    tried.add("apt-get cannot install " + PACKAGE);
    return false;
  }

  private static boolean run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        process.destroy();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  private boolean download(List<String> tried) {
    say.accept("downloading Fashion-MNIST (30 MB, once) to " + places.downloads());
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    String last = "no address";
    for (URI mirror : places.mirrors()) {
      try {
        Files.createDirectories(places.downloads());
        for (Published file : FILES) {
          if (!isIntact(places.downloads().resolve(file.name()), file)) {
            fetch(client, mirror, file);
          }
        }
        return true;
      } catch (IOException e) {
        String message = e.getMessage();
        last = mirror.getHost() + ": " + (message == null ? e.getClass().getSimpleName() : message);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailedException("interrupted", e);
      }
    }
    tried.add("the download failed, " + last);
    return false;
  }

  private void fetch(HttpClient client, URI mirror, Published file)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(mirror.resolve(file.name())).timeout(Duration.ofMinutes(5)).build();
    Path part = places.downloads().resolve(file.name() + ".part");
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode() + " for " + file.name());
      }
      byte[] bytes = body.readNBytes((int) file.length() + 1);
      Files.write(part, bytes);
    }
    if (!isIntact(part, file)) {
      Files.delete(part);
      throw new IOException("what came as " + file.name() + " has not the published SHA-256");
    }
    Files.move(part, places.downloads().resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
  }

  private boolean isDownloaded() {
    return FILES.stream().allMatch(f -> isIntact(places.downloads().resolve(f.name()), f));
  }

  private static boolean isComplete(Path directory) {
    return FILES.stream().allMatch(f -> Files.isRegularFile(directory.resolve(f.name())));
  }

  private static boolean isIntact(Path path, Published file) {
    try {
      if (!Files.isRegularFile(path) || Files.size(path) != file.length()) {
        return false;
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(Files.readAllBytes(path)))
          .equals(file.sha256());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
