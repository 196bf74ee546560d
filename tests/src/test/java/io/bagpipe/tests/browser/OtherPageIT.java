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
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page that another program serves on this machine, in a browser that is signed in to the
 * dashboard: cookies do not tell ports apart, so it has that of the session.
 */
class OtherPageIT {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String TOKEN = "a-token-of-some-length";

  /** Whatever a page can try; what it came to is in {@code result}. */
  private static final String ATTACK =
      """
      const to = '%s', result = {};
      window.result = result;
      const note = (name, promise) =>
        promise.then(v => result[name] = String(v), e => result[name] = 'refused');
      const tag = (name, element, attributes) => note(name, new Promise((yes, no) => {
        element.onload = () => yes('loaded'); element.onerror = no;
        Object.assign(element, attributes); document.body.append(element);
      }));
      note('read', fetch(to + 'api/status', {credentials: 'include'}).then(r => r.text()));
      note('blind', fetch(to + 'api/status', {mode: 'no-cors', credentials: 'include'}).then(r => r.type));
      note('post', fetch(to + 'api/control/pause', {method: 'POST', mode: 'no-cors', credentials: 'include'}).then(r => r.type));
      note('put', fetch(to + 'api/checkpoint', {method: 'POST', headers: {'X-A': 'b'}, credentials: 'include'}).then(r => r.type));
      note('push', fetch(to + 'api/images', {method: 'POST', mode: 'no-cors', body: new Blob(['x']), credentials: 'include'}).then(r => r.type));
      note('beacon', Promise.resolve(navigator.sendBeacon(to + 'api/control/pause', 'x')));
      note('events', new Promise((yes, no) => {
        const source = new EventSource(to + 'api/events', {withCredentials: true});
        source.onmessage = yes; source.addEventListener('status', yes); source.onerror = () => { source.close(); no(); };
      }));
      note('socket', new Promise((yes, no) => {
        const socket = new WebSocket(to.replace('http', 'ws') + 'api/events'); socket.onopen = yes; socket.onerror = no;
      }));
      tag('image', new Image(), {src: to + 'icon.svg'});
      tag('picture', new Image(), {src: to + 'api/images/img-1'});
      tag('script', document.createElement('script'), {src: to + 'format.js'});
      tag('style', document.createElement('link'), {rel: 'stylesheet', href: to + 'app.css'});
      const frame = document.createElement('iframe'); frame.src = to; document.body.append(frame);
      const form = document.createElement('form');
      form.method = 'post'; form.action = to + 'api/control/pause'; form.target = 'inside';
      const inside = document.createElement('iframe'); inside.name = 'inside';
      document.body.append(inside, form); form.submit();
      """;

  @TempDir Path directory;

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void canReadNothingAndChangeNothingButMayLink() throws Exception {
    var missing = Browser.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    Vertx vertx = Vertx.vertx();
    AtomicInteger orders = new AtomicInteger();
    try (Browser browser = new Browser(Files.createDirectory(directory.resolve("profile")))) {
      get(vertx.deployVerticle(new FakeStages(500, 60)));
      vertx
          .eventBus()
          .addInboundInterceptor(
              context -> {
                if (context.message().address().equals(Addresses.PAUSE)
                    || context.message().address().equals(Addresses.STUDENT_CHECKPOINT)) {
                  orders.incrementAndGet();
                }
                context.next();
              });
      AtomicInteger pushed = new AtomicInteger();
      OpsVerticle ops =
          ops(
              (key, bytes, headers) -> {
                pushed.incrementAndGet();
                return Future.succeededFuture(new ImageIngest.Accepted("x", 0, 0));
              });
      get(vertx.deployVerticle(ops));
      String ours = "http://127.0.0.1:" + ops.port() + "/";
      int other =
          get(vertx
                  .createHttpServer()
                  .requestHandler(
                      r -> r.response().putHeader("Content-Type", "text/html").end("<body>"))
                  .listen(0, "127.0.0.1"))
              .actualPort();
      browser.open(ours);
      browser.run("token.value = '" + TOKEN + "'; document.forms[0].submit()");
      await().atMost(LONG).until(() -> browser.text("#link").equals("live"));

      browser.open("http://127.0.0.1:" + other + "/");
      browser.run(ATTACK.formatted(ours));
      await()
          .atMost(LONG)
          .until(() -> browser.run("return Object.keys(window.result).length").equals(12));

      @SuppressWarnings("unchecked")
      Map<String, Object> result =
          ((io.vertx.core.json.JsonObject) browser.run("return window.result")).getMap();
      assertThat(result).containsEntry("beacon", "true"); // it is sent, and goes nowhere
      result.remove("beacon");
      assertThat(result.values()).as("%s", result).containsOnly("refused");
      assertThat(browser.run("return document.querySelector('iframe').contentDocument === null"))
          .isEqualTo(true);
      assertThat(orders).hasValue(0);
      assertThat(pushed).hasValue(0);

      browser.run("location = '" + ours + "'");
      await().atMost(LONG).until(() -> browser.text("h1").contains("Bagpipe"));
    } finally {
      get(vertx.close());
    }
  }

  private OpsVerticle ops(ImageIngest ingest) {
    return new OpsVerticle(
        new OpsConfig(
            new Listen("0.0.0.0", 0, TOKEN, null),
            Limits.DEFAULT,
            Patience.DEFAULT,
            directory.resolve("data"),
            directory.resolve("runs"),
            EnumSet.allOf(Stage.class)),
        new OpsVerticle.Collaborators(
            LagSource.NONE, ingest, OpsMetrics.newRegistry(), Clock.systemUTC()));
  }
}
