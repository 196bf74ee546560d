package io.bagpipe.verticles.student;

import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.ModelCard;
import io.bagpipe.verticles.registry.Registry;
import io.bagpipe.verticles.registry.RegistryException;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.Students;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes requests about the registry from the event bus, and answers when the log has it. */
final class RegistryDesk {
  private static final int MOST_WORDS = 300;

  private final Vertx vertx;
  private final Registrar registrar;
  private final Registry registry;

  RegistryDesk(Vertx vertx, Registrar registrar) {
    this.vertx = vertx;
    this.registrar = registrar;
    this.registry = registrar.registry();
  }

  /** Changes the registry. */
  private interface Order {
    Registry.Step give() throws RegistryException;
  }

  void open() {
    var bus = vertx.eventBus();
    bus.<JsonObject>localConsumer(Addresses.STUDENT_REGISTRY, this::answer);
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_PROMOTE,
        m ->
            order(
                m,
                () ->
                    registry.promote(
                        m.body().getString("id", ""),
                        reason(m, "Promoted by hand."),
                        m.body().getBoolean("hold", false),
                        System.currentTimeMillis())));
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_ROLL_BACK,
        m ->
            order(
                m,
                () ->
                    registry.rollBack(
                        reason(m, "Rolled back to by hand."), System.currentTimeMillis())));
  }

  /** What a person says, in one line. */
  private static String reason(Message<JsonObject> asked, String otherwise) {
    String said = asked.body().getString("reason", "").replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return said.isEmpty()
        ? otherwise
        : said.length() <= MOST_WORDS ? said : said.substring(0, MOST_WORDS) + "…";
  }

  private void answer(Message<JsonObject> asked) {
    Students all = registry.students();
    String id = asked.body().getString("id");
    if (id == null) {
      JsonArray students = new JsonArray();
      all.all().forEach(one -> students.add(json(one)));
      asked.reply(new JsonObject().put("serving", serving(all)).put("students", students));
      return;
    }
    try {
      StudentRecord one = all.find(all.idOf(id));
      Dossier dossier = Dossier.of(all, Objects.requireNonNull(one));
      asked.reply(
          new JsonObject(StudentJson.API.document(dossier))
              .put("card", new ModelCard(dossier, null).markdown("", "")));
    } catch (RegistryException e) {
      asked.fail(Addresses.NOT_FOUND, String.valueOf(e.getMessage()));
    }
  }

  private void order(Message<JsonObject> asked, Order order) {
    vertx
        .executeBlocking(order::give, false)
        .compose(
            step -> {
              registrar.follow(step);
              StudentRecord subject = step.change().subject();
              return step.written().map(subject);
            })
        .onSuccess(
            subject ->
                asked.reply(
                    new JsonObject()
                        .put("serving", serving(registry.students()))
                        .put("student", json(subject))))
        .onFailure(
            e ->
                asked.fail(
                    e instanceof RegistryException ? Addresses.UNPROCESSABLE : 503,
                    String.valueOf(e.getMessage())));
  }

  private static @Nullable String serving(Students all) {
    StudentRecord serving = all.serving();
    return serving == null ? null : serving.id();
  }

  private static JsonObject json(StudentRecord one) {
    return new JsonObject(StudentJson.API.document(one));
  }

  /** Who serves, for those who export it; null when nobody does. */
  Exports.@Nullable Serving servingStudent() {
    Students all = registry.students();
    StudentRecord one = all.serving();
    Path file = registry.fileOf(one);
    return one == null || file == null ? null : new Exports.Serving(Dossier.of(all, one), file);
  }
}
