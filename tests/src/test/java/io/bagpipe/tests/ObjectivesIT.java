package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service trains by objectives that ask its stages for something else than BINGO and SEED: a
 * second view of the anchor, a member in the view that the teacher saw, an encoder in the
 * checkpoint.
 */
class ObjectivesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int IMAGES = 3 * RunningService.BATCH;

  @ParameterizedTest
  @ValueSource(strings = {"moco-v2", "coss"})
  void whatTheObjectiveAsksForReachesTheStudentAsItWasMade(String objective, @TempDir Path data)
      throws Exception {
    String chosen = "train.objective=" + objective;
    try (RunningService bagpipe = RunningService.start(data, chosen);
        Tape embeddings = bagpipe.tape("embeddings")) {
      bagpipe.produce(TestImages.records(0, IMAGES));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                embeddings.all(); // before it is trimmed
                return bagpipe.progress().getLong("anchors") == IMAGES;
              });

      Map<String, EmbeddedAnchor> made = byId(embeddings.all());
      int members = 0;
      for (var record : bagpipe.read("bags")) {
        for (BaggedAnchor anchor : BagBatch.parseFrom(record.value()).getItemsList()) {
          EmbeddedAnchor own = made.get(anchor.getAnchor().getId().toStringUtf8());
          assertThat(anchor.getQueryView()).isEqualTo(own.getQueryView());
          if (objective.equals("coss")) {
            members += anchor.getMember() < 0 ? 0 : 1;
            String member =
                anchor.getMember() < 0
                    ? anchor.getAnchor().getId().toStringUtf8()
                    : anchor.getBag(anchor.getMember()).getId().toStringUtf8();
            itsMemberComesInTheViewThatTheTeacherSaw(anchor, made.get(member));
          } else {
            assertThat(anchor.getKeyView()).isEqualTo(own.getKeyView()).isNotEmpty();
            assertThat(anchor.getKeyView()).isNotEqualTo(own.getQueryView());
            assertThat(anchor.getMemberView()).isEmpty();
          }
        }
      }
      assertThat(members).isEqualTo(objective.equals("coss") ? IMAGES - 8 : 0);
    }
    if (objective.equals("coss")) {
      return; // remembers nothing that a restart could lose
    }
    try (RunningService again = RunningService.start(data, chosen)) {
      assertThat(again.checkpoint().components().get("objective").kind()).isEqualTo(objective);
      again.produce(TestImages.records(100, 100 + RunningService.BATCH));
      await()
          .atMost(PATIENCE)
          .until(() -> again.progress().getLong("anchors") == IMAGES + RunningService.BATCH);
    }
  }

  private static void itsMemberComesInTheViewThatTheTeacherSaw(
      BaggedAnchor anchor, EmbeddedAnchor member) {
    assertThat(anchor.getMemberQueryView()).isEqualTo(member.getQueryView()).isNotEmpty();
    assertThat(anchor.getMemberQueryEmbedding()).isEqualTo(member.getQueryEmbedding()).isNotEmpty();
    assertThat(anchor.getMemberView()).isEmpty();
    assertThat(anchor.getMemberKey()).isEmpty();
  }

  private static Map<String, EmbeddedAnchor> byId(List<ConsumerRecord<byte[], byte[]>> embeddings)
      throws Exception {
    Map<String, EmbeddedAnchor> made = new HashMap<>();
    for (var record : embeddings) {
      for (EmbeddedAnchor anchor : EmbeddingBatch.parseFrom(record.value()).getItemsList()) {
        made.put(anchor.getAnchor().getId().toStringUtf8(), anchor);
      }
    }
    return made;
  }
}
