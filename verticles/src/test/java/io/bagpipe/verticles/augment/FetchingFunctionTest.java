package io.bagpipe.verticles.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.reference.FetchDelayedException;
import io.bagpipe.streams.reference.Fetched;
import io.bagpipe.streams.reference.Outcome;
import io.bagpipe.streams.reference.Refusal;
import io.bagpipe.streams.reference.Wanted;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.config.LimitsConfig.Names;
import io.bagpipe.verticles.stage.ImageRecords;
import io.bagpipe.verticles.stage.ViewPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchingFunctionTest {
  private static final byte[] FILE = file();

  private final List<DeadLetter> told = new ArrayList<>();
  private final List<Wanted> asked = new ArrayList<>();
  private final ViewPool pool = new ViewPool(1, () -> Pictures.views(1 << 20));
  private final AugmentFunction augment =
      new AugmentFunction(
          pool,
          Pictures.SIZE,
          new AugmentFunction.Views(true, true),
          "",
          1 << 20,
          new Names(16, 9),
          told::add,
          (s, v) -> {});

  private static byte[] file() {
    try {
      return Pictures.png(8, 8, 3);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    pool.close();
  }

  /** Null: not now, and none after it. */
  private StageOutput apply(Function<String, Outcome> place, InputRecord... batch)
      throws Exception {
    FetchingFunction.Source source =
        (wanted, most) -> {
          asked.addAll(wanted);
          List<Outcome> outcomes = new ArrayList<>();
          for (Wanted one : wanted) {
            Outcome outcome = place.apply(one.uri());
            if (outcome == null) {
              break;
            }
            outcomes.add(outcome);
          }
          if (outcomes.isEmpty()) {
            throw new FetchDelayedException("status 503");
          }
          return outcomes;
        };
    return new FetchingFunction(source, 1000, augment, told::add).apply(List.of(batch));
  }

  private static InputRecord record(long offset, byte[] value, String... headers) {
    Map<String, byte[]> all = new LinkedHashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return new InputRecord(
        "images", 0, offset, ("k" + offset).getBytes(StandardCharsets.UTF_8), value, all, 0);
  }

  private static Outcome had(byte[] bytes) {
    return new Outcome.Had(new Fetched(bytes, "etag:\"1\""));
  }

  private static List<Anchor> anchors(StageOutput output) throws Exception {
    List<Anchor> anchors = new ArrayList<>();
    for (var record : output.records()) {
      ViewBatch.parseFrom(record.value()).getItemsList().forEach(i -> anchors.add(i.getAnchor()));
    }
    return anchors;
  }

  @Test
  void whatIsFetchedIsAsIfItHadBeenPushed() throws Exception {
    StageOutput output =
        apply(
            uri -> had(FILE),
            record(0, null, "bagpipe-uri", "http://a/0", "label", "cat"),
            record(1, new byte[0], "ce_dataref", "http://a/1", "bagpipe-uri-version", "v"),
            record(2, FILE, "ce_dataref", "http://a/2"),
            record(3, null));

    List<Anchor> anchors = anchors(output);
    assertThat(anchors).extracting(Anchor::getSourceOffset).containsExactly(0L, 1L, 2L, 3L);
    assertThat(anchors.subList(0, 3))
        .allSatisfy(a -> assertThat(a.getEncoded().toByteArray()).isEqualTo(FILE));
    assertThat(anchors.get(0).getLabel()).isEqualTo("cat");
    assertThat(anchors.get(0).getUri()).isEqualTo("http://a/0");
    assertThat(anchors.get(0).getUriVersion()).isEqualTo("etag:\"1\"");
    assertThat(anchors.get(3).getRemoved()).isTrue();
    assertThat(asked)
        .as("a record with a value is not fetched")
        .containsExactly(new Wanted(0, 0, "http://a/0", ""), new Wanted(0, 1, "http://a/1", "v"));
    assertThat(ImageRecords.of("images", anchors.get(1), 0).headers().get("bagpipe-uri-version"))
        .asString()
        .isEqualTo("etag:\"1\"");
  }

  @Test
  void deadLettersAreTheRecordsThatWerePushed() throws Exception {
    InputRecord gone = record(0, null, "bagpipe-uri", "http://a/gone");
    InputRecord text = record(1, new byte[0], "bagpipe-uri", "http://a/text");
    InputRecord good = record(2, null, "bagpipe-uri", "http://a/good");

    StageOutput output =
        apply(
            uri ->
                switch (uri) {
                  case "http://a/gone" -> new Outcome.Refused(Refusal.NOT_FOUND, "status 404");
                  case "http://a/text" -> had("no image".getBytes(StandardCharsets.UTF_8));
                  default -> had(FILE);
                },
            gone,
            text,
            good);

    assertThat(output.deadLetters()).extracting(DeadLetter::record).containsExactly(gone, text);
    assertThat(output.deadLetters())
        .extracting(DeadLetter::errorClass)
        .containsExactly("NOT_FOUND", "UNKNOWN_FORMAT");
    assertThat(output.deadLetters()).extracting(DeadLetter::stage).containsOnly("augment");
    assertThat(told).hasSize(2);
    assertThat(anchors(output)).hasSize(1);
  }

  @Test
  void whatComesBeforeOneThatIsNotThereYetGoesOn() throws Exception {
    InputRecord inline = record(0, FILE);
    InputRecord there = record(1, null, "bagpipe-uri", "http://a/there");
    InputRecord late = record(2, null, "bagpipe-uri", "http://a/late");
    InputRecord after = record(3, FILE);
    Function<String, Outcome> place = uri -> uri.endsWith("late") ? null : had(FILE);

    StageOutput first = apply(place, inline, there, late, after);

    assertThat(first.taken()).isEqualTo(2);
    assertThat(anchors(first)).hasSize(2);
    assertThatThrownBy(() -> apply(place, late, after))
        .isInstanceOf(RetriableException.class)
        .hasToString("an image cannot be fetched just now: status 503");
    assertThat(apply(uri -> had(FILE), late, after).taken()).isEqualTo(2);
    assertThat(told).isEmpty();
  }
}
