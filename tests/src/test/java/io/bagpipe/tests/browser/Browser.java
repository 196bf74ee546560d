package io.bagpipe.tests.browser;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Headless Chromium, driven through chromedriver by the WebDriver protocol. */
final class Browser implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final String server;
  private final String session;

  /** Why there is no browser here; empty: there is one. */
  static Optional<String> missing() {
    for (String tool : List.of("chromium", "chromedriver")) {
      boolean found =
          Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
      if (!found) {
        return Optional.of(
            tool + " is not installed (apt install chromium chromium-driver): not tried");
      }
    }
    return Optional.empty();
  }

  Browser(Path profile) throws Exception {
    Driver started = Driver.start();
    driver = started.process();
    server = "http://127.0.0.1:" + started.port();
    JsonObject options =
        new JsonObject()
            .put(
                "args",
                new JsonArray(
                    List.of(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--user-data-dir=" + profile)));
    JsonObject wanted =
        new JsonObject()
            .put(
                "goog:loggingPrefs",
                new JsonObject().put("browser", "ALL").put("performance", "ALL"))
            .put("goog:chromeOptions", options);
    JsonObject body =
        new JsonObject().put("capabilities", new JsonObject().put("alwaysMatch", wanted));
    session = ((JsonObject) call("POST", "/session", body)).getString("sessionId");
  }

  /**
   * chromedriver and its port.
   *
   * <p>It wants the port that it was given by the kernel for IPv4 on IPv6 too, and ends when
   * another process has that: then it is started again.
   */
  private record Driver(Process process, String port) {
    private static final int TRIES = 10;

    static Driver start() throws IOException {
      StringBuilder said = new StringBuilder();
      for (int i = 0; i < TRIES; i++) {
        Process process =
            new ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          Matcher matcher = PORT.matcher(line);
          if (matcher.find()) {
            return new Driver(process, matcher.group(1));
          }
          said.append(line).append('\n');
        }
      }
      throw new IOException("chromedriver did not say its port: " + said);
    }
  }

  private Object call(String method, String path, JsonObject body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
            .build();
    try {
      JsonObject answer = new JsonObject(client.send(request, BodyHandlers.ofString()).body());
      Object value = answer.getValue("value");
      if (value instanceof JsonObject failed && failed.containsKey("error")) {
        throw new IllegalStateException(method + " " + path + ": " + failed.getString("message"));
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Object command(String path, JsonObject body) {
    return call("POST", "/session/" + session + path, body);
  }

  /** Makes the window's inside this large, however small. */
  void size(int width, int height) {
    cdp(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  private void cdp(String command, JsonObject parameters) {
    command("/goog/cdp/execute", new JsonObject().put("cmd", command).put("params", parameters));
  }

  void open(String url) {
    command("/url", new JsonObject().put("url", url));
  }

  /** The value of a script's {@code return}. */
  Object run(String script) {
    return command(
        "/execute/sync", new JsonObject().put("script", script).put("args", new JsonArray()));
  }

  String text(String selector) {
    return String.valueOf(run("return document.querySelector('" + selector + "')?.textContent"));
  }

  /** Presses keys one after the other, as a person would, on what has the focus. */
  void press(String... keys) {
    JsonArray actions = new JsonArray();
    for (String key : keys) {
      actions.add(new JsonObject().put("type", "keyDown").put("value", key));
      actions.add(new JsonObject().put("type", "keyUp").put("value", key));
    }
    JsonObject keyboard =
        new JsonObject().put("type", "key").put("id", "keyboard").put("actions", actions);
    command("/actions", new JsonObject().put("actions", new JsonArray().add(keyboard)));
  }

  /** What the page complained of in its console since the last call. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (Object entry : (JsonArray) command("/se/log", new JsonObject().put("type", "browser"))) {
      JsonObject line = (JsonObject) entry;
      if (!List.of("INFO", "DEBUG").contains(line.getString("level"))) {
        complaints.add(line.getString("message"));
      }
    }
    return complaints;
  }

  /** Addresses asked for since the last call. */
  List<String> requests() {
    List<String> urls = new ArrayList<>();
    for (Object entry :
        (JsonArray) command("/se/log", new JsonObject().put("type", "performance"))) {
      JsonObject message =
          new JsonObject(((JsonObject) entry).getString("message")).getJsonObject("message");
      if ("Network.requestWillBeSent".equals(message.getString("method"))) {
        urls.add(message.getJsonObject("params").getJsonObject("request").getString("url"));
      }
    }
    return urls;
  }

  byte[] screenshot() {
    return Base64.getDecoder()
        .decode((String) call("GET", "/session/" + session + "/screenshot", null));
  }

  @Override
  public void close() {
    try {
      call("DELETE", "/session/" + session, null);
    } finally {
      driver.destroy();
    }
  }
}
