package io.bagpipe.tests.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bagpipe.verticles.ops.FakeStages;
import io.bagpipe.verticles.ops.ImageIngest;
import io.bagpipe.verticles.ops.LagSource;
import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.OpsMetrics;
import io.bagpipe.verticles.ops.OpsVerticle;
import io.bagpipe.verticles.ops.events.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in a real browser, on stages that only pretend. */
class DashboardIT {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final String ENTER = "\uE007";
  private static final String RIGHT = "\uE014";

  @TempDir Path directory;
  private Vertx vertx;
  private Browser browser;
  private FakeStages stages;
  private OpsVerticle ops;
  private String address;

  @BeforeEach
  void open() throws Exception {
    var missing = Browser.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    vertx = Vertx.vertx();
    browser = new Browser(Files.createDirectory(directory.resolve("profile")));
    browser.size(1280, 900);
  }

  @AfterEach
  void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (vertx != null) {
      get(vertx.close());
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void serve(int port, Patience patience) throws Exception {
    serve(Listen.local(port), patience);
  }

  private void serve(Listen listen, Patience patience) throws Exception {
    ops =
        new OpsVerticle(
            new OpsConfig(
                listen,
                Limits.DEFAULT,
                patience,
                directory.resolve("data"),
                directory.resolve("runs"),
                EnumSet.allOf(Stage.class)),
            new OpsVerticle.Collaborators(
                LagSource.NONE, ImageIngest.CLOSED, OpsMetrics.newRegistry(), Clock.systemUTC()));
    get(vertx.deployVerticle(ops));
    address = "http://127.0.0.1:" + ops.port() + "/";
  }

  private void pretend(long periodMillis) throws Exception {
    stages = new FakeStages(periodMillis, 120);
    get(vertx.deployVerticle(stages));
    await().atMost(LONG).until(() -> status().getJsonObject("step") != null);
  }

  private JsonObject status() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address + "api/status")).build();
    return new JsonObject(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }

  private void openPage() {
    browser.open(address);
    await().atMost(LONG).until(() -> browser.text("#link").equals("live"));
  }

  private boolean is(String script) {
    return Boolean.TRUE.equals(browser.run("return " + script));
  }

  private void awaitThat(String script) {
    await().atMost(LONG).until(() -> is(script));
  }

  private static final String PICTURES =
      "[...document.querySelectorAll('#gallery img')].filter(i => i.naturalWidth > 0).length";

  @Test
  void showsWhatTheApiSays() throws Exception {
    serve(0, Patience.DEFAULT);
    pretend(0);
    openPage();
    JsonObject status = status();

    JsonObject step = status.getJsonObject("step");
    assertThat(value("kpi-anchors")).isEqualTo(step.getLong("anchors").doubleValue());
    assertThat(value("kpi-loss")).isEqualTo(step.getDouble("loss"));
    assertThat(value("kpi-rate")).isEqualTo(step.getDouble("anchorsPerSecond"));
    JsonObject evaluation = status.getJsonObject("evaluation");
    assertThat(value("kpi-knn")).isEqualTo(evaluation.getDouble("knnTop1"));
    assertThat(value("kpi-rankme")).isEqualTo(evaluation.getDouble("rankMe"));
    assertThat(browser.text("[data-stage=student] .big"))
        .contains(
            Long.toString(
                Math.round(
                    status.getJsonArray("stages").getJsonObject(3).getDouble("ratePerSecond"))));
    assertThat(browser.text("#dead .row")).contains("the JPEG ends after");
    awaitThat("document.querySelectorAll('#chart-loss canvas').length === 1");
  }

  private double value(String id) {
    return Double.parseDouble(
        String.valueOf(browser.run("return document.getElementById('" + id + "').dataset.value")));
  }

  @Test
  void theGalleryLoadsAndAClickShowsAnotherBag() throws Exception {
    serve(0, Patience.DEFAULT);
    pretend(500);
    openPage();
    awaitThat(PICTURES + " >= 12");

    String key =
        String.valueOf(
            browser.run(
                "const b = document.querySelector('#gallery .members .picture'); b.click();"
                    + " return b.title.replace('Show the bag of ', '')"));

    awaitThat(
        "document.querySelector('.bag.chosen')?.getAttribute('aria-label') === 'Bag of "
            + key
            + "'");
    awaitThat("document.querySelector('.bag.chosen .anchor img').naturalWidth > 0");
  }

  @Test
  void aStoppedStudentShowsAsStalled() throws Exception {
    serve(0, new Patience(LONG, Duration.ofSeconds(2), LONG, LONG));
    pretend(200);
    openPage();
    awaitThat(
        "document.querySelector('[data-stage=student] .condition').textContent === 'running'");

    stages.stopStudent();

    awaitThat(
        "document.querySelector('[data-stage=student] .condition').textContent === 'stalled'");
    assertThat(browser.text("#sentence")).startsWith("The student is stalled");
    assertThat(browser.text("[data-stage=teacher] .condition")).isNotEqualTo("stalled");
  }

  @Test
  void nothingIsComplainedOfAndNothingLeavesTheHost() throws Exception {
    serve(0, Patience.DEFAULT);
    pretend(300);
    openPage();
    awaitThat(PICTURES + " >= 12");
    awaitThat("document.querySelectorAll('.chart canvas').length >= 6");
    browser.run("document.getElementById('theme').click()");
    browser.run("document.getElementById('pause').click()");
    awaitThat("document.getElementById('pause').textContent === 'Resume'");

    assertThat(browser.complaints()).isEmpty();
    List<String> requests = browser.requests();
    assertThat(requests).isNotEmpty();
    assertThat(requests)
        .allMatch(
            url -> url.startsWith(address) || url.startsWith("data:") || url.startsWith("chrome:"));
  }

  @Test
  void whoHasTheTokenSignsInOnceAndIsLive() throws Exception {
    serve(new Listen("0.0.0.0", 0, "a-token-of-some-length", null), Patience.DEFAULT);
    get(vertx.deployVerticle(new FakeStages(500, 120)));
    browser.open(address);
    assertThat(is("getComputedStyle(document.querySelector('button')).color !== 'rgb(0, 0, 0)'"))
        .as("the page has its styles")
        .isTrue();

    browser.run("token.value = 'no-token-at-all-this'; document.forms[0].submit()");
    awaitThat("document.body.innerText.includes('That is not the token.')");
    browser.run("token.value = 'a-token-of-some-length'; document.forms[0].submit()");

    awaitThat("document.getElementById('link')?.textContent === 'live'");
    awaitThat(PICTURES + " >= 12");
    assertThat(is("document.cookie === ''")).as("no script reads the session").isTrue();
    openPage();
  }

  @Test
  void theHistoryIsThereAfterAReloadAndABrokenLineIsSaidAndMended() throws Exception {
    serve(0, Patience.DEFAULT);
    pretend(0);
    openPage();
    awaitThat("document.querySelectorAll('#chart-loss canvas').length === 1");
    int port = ops.port();

    get(vertx.undeploy(ops.deploymentID()));

    awaitThat("!document.getElementById('banner').hidden");
    assertThat(browser.text("#banner")).contains("No connection", "What you see is from");
    assertThat(is("document.body.classList.contains('stale')")).isTrue();

    serve(port, Patience.DEFAULT);
    awaitThat("document.getElementById('link').textContent === 'live'");
    assertThat(is("document.body.classList.contains('stale')")).isFalse();
    openPage();
    awaitThat("document.querySelectorAll('#chart-loss canvas').length === 1");
  }

  @Test
  void isUsableOnAPhoneAndByKeyboard() throws Exception {
    browser.size(400, 850);
    serve(0, Patience.DEFAULT);
    pretend(500);
    openPage();
    browser.run("document.getElementById('gallery').scrollIntoView()");
    awaitThat(PICTURES + " >= 6");
    assertThat(is("document.documentElement.scrollWidth <= 400")).isTrue();

    browser.run(
        "document.getElementById('map').scrollIntoView(); document.getElementById('map').focus()");
    awaitThat("document.querySelectorAll('#map-legend .key').length > 0");
    awaitThat("Number(document.getElementById('map').dataset.points) > 100");
    browser.press(RIGHT, RIGHT);
    awaitThat("!document.getElementById('map-card').hidden");
    browser.press(ENTER);
    awaitThat("document.querySelector('.bag.chosen') !== null");

    browser.run("document.getElementById('pause').focus()");
    browser.press(ENTER);
    awaitThat("document.getElementById('pause').textContent === 'Resume'");
  }
}
