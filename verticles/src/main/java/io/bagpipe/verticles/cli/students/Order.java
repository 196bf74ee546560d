package io.bagpipe.verticles.cli.students;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.lease.Holder;
import io.bagpipe.streams.lease.Lease;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.registry.PromotionRule;
import io.bagpipe.verticles.registry.Registry;
import io.bagpipe.verticles.registry.RegistryException;
import io.bagpipe.verticles.registry.StudentFiles;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.StudentLease;
import io.bagpipe.verticles.registry.StudentsTopic;
import io.bagpipe.verticles.service.RunPlace;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Changes the registry: by the running service, whose process alone may; or, where none runs, by
 * taking the student's lease for that long, so that none can begin meanwhile.
 */
final class Order {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** Longer than a holder that was killed counts as alive. */
  private static final long LEASE_SECONDS = 15;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "HTTP API of the process that trains the student; else that of the service that runs on"
              + " data.dir. Its token is http.token or http.token-file.")
  private @Nullable String url;

  Order() {}

  /** A change, for when no service runs. */
  interface Change {
    Registry.Step to(Registry registry) throws RegistryException;
  }

  /**
   * Gives the order.
   *
   * @param path of the HTTP API
   * @param body of the request
   * @param options where Kafka is, for when no service runs
   * @return who serves, and the student that it was about
   */
  JsonObject give(
      BagpipeConfig config, String path, JsonObject body, RegistryOptions options, Change change)
      throws Exception {
    String address = url == null ? running(config) : url;
    if (address != null) {
      try {
        return ask(config, address, path, body);
      } catch (ConnectException e) {
        if (url != null) {
          throw new CommandFailedException("no service answers at " + address, e);
        }
        // killed: its address was left behind
      }
    }
    return alone(config, options.kafka(config), change);
  }

  private static @Nullable String running(BagpipeConfig config) throws IOException {
    Path file = config.data().addressFile();
    return Files.exists(file) ? Files.readString(file).strip() : null;
  }

  private static JsonObject ask(BagpipeConfig config, String address, String path, JsonObject body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(address.replaceFirst("/+$", "") + path));
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(address + ": no URL of a service: " + e.getMessage(), e);
    }
    request
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.encode()));
    String token = config.http().token();
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .build()
            .send(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      JsonObject answer = new JsonObject(response.body());
      if (response.statusCode() != 200) {
        throw new CommandFailedException(
            address + ": " + answer.getJsonObject("error", new JsonObject()).getString("message"));
      }
      return answer;
    } catch (DecodeException e) {
      throw new CommandFailedException(
          address + " answered " + response.statusCode() + ", and is no Bagpipe", e);
    }
  }

  private static JsonObject alone(BagpipeConfig config, KafkaSettings kafka, Change change)
      throws Exception {
    Holder me = Holder.here(UUID.randomUUID().toString(), "bagpipe students");
    Lease lease = new Lease(kafka, StudentLease.of(config, me));
    lease.start();
    try {
      taken(lease);
      StudentsTopic topic = RegistryOptions.topic(config);
      Registry registry =
          new Registry(
              topic,
              new StudentFiles(RunPlace.ofService(config).checkpoints()),
              new Registry.Policy(
                  new PromotionRule(PromotionRule.Mode.MANUAL, 0, 0, 0),
                  true,
                  config.promote().keep()),
              lease::publish,
              topic.read(kafka, true),
              task -> {}); // files go when the service starts that has them
      Registry.Step step = change.to(registry);
      await(step.written(), "Kafka has not taken it");
      var serving = registry.students().serving();
      return new JsonObject()
          .put("serving", serving == null ? null : serving.id())
          .put("student", new JsonObject(StudentJson.API.document(step.change().subject())));
    } catch (RegistryException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    } finally {
      await(lease.close(), "the lease was not given back");
    }
  }

  private static void taken(Lease lease) throws InterruptedException {
    try {
      await(lease.taken(), "");
    } catch (CommandFailedException e) {
      String by = lease.standingBy().result();
      throw new CommandFailedException(
          by == null
              ? String.valueOf(e.getMessage())
              : by.replaceFirst("; this process stands by.*", "")
                  + ": ask it, with --url http://HOST:PORT",
          e);
    }
  }

  private static <T> T await(Future<T> future, String otherwise) throws InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(LEASE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CommandFailedException("Kafka: " + Failures.deepest(e), e);
    } catch (TimeoutException e) {
      throw new CommandFailedException(otherwise + " within " + LEASE_SECONDS + " s", e);
    }
  }
}
