package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.Golden;
import io.bagpipe.model.eval.FeatureExamination.Features;
import io.bagpipe.model.eval.FeatureReport.Probe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every measure on features against scikit-learn's and PyTorch's of the same features: those of a
 * run that is kept, and of a fresh one where Python has both.
 */
class EvaluationReferenceTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tests/golden/evaluation.py");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CLASSES = 7;
  private static final int DIMENSION = 12;
  private static final int K = 9;

  @TempDir Path folder;

  @Test
  void equalsTheKeptRun() throws Exception {
    assumeTrue(Golden.isOurs(), "other golden values than ours are of other parts");
    check(Golden.path("evaluation"));
  }

  @Test
  void equalsScikitLearnAndPyTorchOnFreshFeatures() throws Exception {
    if (!hasPython()) {
      String reason =
          "SKIPPED: %s has no sklearn and torch (apt-get install python3-sklearn python3-torch)"
              .formatted(PYTHON);
      System.out.println(reason); // Maven counts what is skipped and does not say why
      abort(reason);
    }
    long seed = Long.getLong("bagpipe.seed", System.nanoTime() % 1_000_000);
    System.out.println("EvaluationReferenceTest: -Dbagpipe.seed=" + seed);
    String keep = System.getProperty("bagpipe.keep", "");
    Path directory = keep.isEmpty() ? folder : Files.createDirectories(Path.of(keep));
    JSON.writeValue(directory.resolve("inputs.json").toFile(), inputs(new Random(seed), seed));
    Process python =
        new ProcessBuilder(PYTHON.toString(), SCRIPT.toString(), directory.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();

    check(directory);
  }

  private static void check(Path directory) {
    JsonNode inputs = Golden.json(directory.resolve("inputs.json"));
    JsonNode expected = Golden.json(directory.resolve("expected.json"));
    Features features = features(inputs, "bank", "queries");
    Features teacher = features(inputs, "teacher_bank", "teacher_queries");
    long seed = inputs.get("sgd").get("seed").asLong();
    SgdProbe sgd =
        new SgdProbe(
            inputs.get("sgd").get("orders").size(),
            inputs.get("sgd").get("batch").asInt(),
            inputs.get("sgd").get("rate").asDouble());

    FeatureReport report =
        new FeatureExamination(
                new KnnClassifier(K, inputs.get("temperature").asDouble()),
                sgd,
                EnumSet.range(Probe.KNN, Probe.SGD),
                List.of(seed))
            .examine(features, 0.0, teacher, probe -> {});

    report
        .scores()
        .forEach((probe, score) -> assertScore(probe.id(), score, expected.get(probe.id())));
    assertThat(report.scores()).hasSize(4);
    assertScores(expected.get("ridge"), features, ridge(features.bank()), 1e-7);
    assertScores(expected.get("sgd"), features, sgd.fit(features.bank(), seed), 1e-6);
    assertProbabilities(expected.get("logistic"), features, LogisticProbe.fit(features.bank()));
    assertVotes(expected.get("knn"), features, inputs.get("temperature").asDouble());
    assertThat(report.rankMe()).isCloseTo(expected.get("rank_me").asDouble(), within(1e-4));
    assertThat(report.featureStd()).isCloseTo(expected.get("feature_std").asDouble(), within(1e-6));
    assertThat(report.uniformity()).isCloseTo(expected.get("uniformity").asDouble(), within(1e-6));
    FeatureReport.Agreement agreement = Objects.requireNonNull(report.agreement());
    assertThat(agreement.nearest()).isEqualTo(expected.get("nearest").asDouble());
    assertThat(agreement.overlap()).isCloseTo(expected.get("overlap").asDouble(), within(1e-12));
    assertThat(alignment(rows(inputs.get("views"))))
        .isCloseTo(expected.get("alignment").asDouble(), within(1e-6));
  }

  private static double alignment(List<float[]> views) {
    double sum = 0;
    for (int i = 0; i < views.size(); i += 2) {
      sum += UnitSphere.distance(views.get(i), views.get(i + 1));
    }
    return sum / (views.size() / 2.0);
  }

  private static LinearClassifier ridge(FeatureTable bank) {
    RidgeProbe probe = new RidgeProbe(bank.dimension());
    for (int i = 0; i < bank.size(); i++) {
      probe.add(bank.rows().get(i), bank.labels()[i]);
    }
    return probe.solve();
  }

  private static void assertScore(String name, Score score, JsonNode expected) {
    ScoreCard card = score.runs().get(0);
    assertThat(card.top1()).as(name).isEqualTo(expected.get("top1").asDouble());
    assertThat(card.top5()).as(name).isEqualTo(expected.get("top5").asDouble());
    for (int label = 0; label < CLASSES; label++) {
      assertThat(card.recall(label))
          .as(name)
          .isEqualTo(expected.get("recall").get(label).asDouble());
      for (int answer = 0; answer < CLASSES; answer++) {
        assertThat(card.confusion()[label][answer])
            .isEqualTo(expected.get("confusion").get(label).get(answer).asInt());
      }
    }
  }

  private static void assertScores(
      JsonNode expected, Features features, LinearClassifier layer, double tolerance) {
    for (int i = 0; i < features.queries().size(); i++) {
      double[] scores = layer.scores(features.queries().rows().get(i));
      for (int label = 0; label < CLASSES; label++) {
        double value = expected.get("scores").get(i).get(label).asDouble();
        assertThat(scores[label]).isCloseTo(value, within(tolerance * (1 + Math.abs(value))));
      }
    }
  }

  private static void assertProbabilities(
      JsonNode expected, Features features, LinearClassifier layer) {
    for (int i = 0; i < features.queries().size(); i++) {
      double[] p = layer.scores(features.queries().rows().get(i));
      SoftmaxLoss.replace(p, 0);
      p[0] += 1;
      for (int label = 0; label < CLASSES; label++) {
        double value = expected.get("scores").get(i).get(label).asDouble();
        assertThat(p[label]).isCloseTo(value, within(1e-4));
      }
    }
  }

  private static void assertVotes(JsonNode expected, Features features, double temperature) {
    Neighbours nearest =
        Neighbours.search(features.bank().rows(), features.queries().rows(), DIMENSION, K, false);
    new KnnClassifier(K, temperature)
        .votes(
            nearest,
            features.bank().labels(),
            (query, votes) -> {
              double sum = 0;
              for (double vote : votes) {
                sum += vote;
              }
              for (int label = 0; label < CLASSES; label++) {
                assertThat(votes[label] / sum)
                    .isCloseTo(
                        expected.get("scores").get(query).get(label).asDouble(), within(1e-4));
              }
            });
  }

  private static Features features(JsonNode inputs, String bank, String queries) {
    return new Features(
        new FeatureTable(rows(inputs.get(bank)), labels(inputs.get("bank_labels")), DIMENSION),
        new FeatureTable(rows(inputs.get(queries)), labels(inputs.get("query_labels")), DIMENSION));
  }

  private static List<float[]> rows(JsonNode matrix) {
    List<float[]> rows = new ArrayList<>();
    for (JsonNode line : matrix) {
      float[] row = new float[line.size()];
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) line.get(i).asDouble();
      }
      rows.add(row);
    }
    return rows;
  }

  private static int[] labels(JsonNode list) {
    int[] labels = new int[list.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = list.get(i).asInt();
    }
    return labels;
  }

  private static Map<String, Object> inputs(Random random, long seed) {
    double[][] centres = new double[CLASSES][DIMENSION];
    for (double[] centre : centres) {
      for (int i = 0; i < DIMENSION; i++) {
        centre[i] = random.nextGaussian();
      }
    }
    int[] bankLabels = new int[260];
    int[] queryLabels = new int[90];
    SgdProbe sgd = new SgdProbe(6, 64, 0.5);
    List<int[]> orders = new ArrayList<>();
    for (int epoch = 0; epoch < sgd.epochs(); epoch++) {
      orders.add(SgdProbe.order(bankLabels.length, seed, epoch));
    }
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("bank", drawn(random, centres, bankLabels, 1.4));
    inputs.put("queries", drawn(random, centres, queryLabels, 1.4));
    inputs.put("bank_labels", bankLabels);
    inputs.put("query_labels", queryLabels);
    inputs.put("teacher_bank", drawn(random, centres, bankLabels.clone(), 0.5));
    inputs.put("teacher_queries", drawn(random, centres, queryLabels.clone(), 0.5));
    inputs.put("views", drawn(random, centres, new int[40], 1));
    inputs.put("k", K);
    inputs.put("temperature", 0.07);
    inputs.put(
        "sgd",
        Map.of(
            "seed", seed,
            "batch", sgd.batch(),
            "rate", sgd.rate(),
            "start", SgdProbe.start(CLASSES, DIMENSION, seed).weights(),
            "orders", orders));
    return inputs;
  }

  /**
   * Features about their class's centre, as doubles that are floats; one dimension says nothing.
   */
  private static double[][] drawn(Random random, double[][] centres, int[] labels, double noise) {
    double[][] rows = new double[labels.length][DIMENSION];
    for (int row = 0; row < rows.length; row++) {
      labels[row] = row < CLASSES ? row : random.nextInt(CLASSES);
      for (int i = 0; i < DIMENSION; i++) {
        double value = centres[labels[row]][i] + noise * random.nextGaussian();
        rows[row][i] = i == 5 ? 0.75 : (float) ((1 + i) * value + 2 * i);
      }
    }
    return rows;
  }

  private static boolean hasPython() throws Exception {
    return Files.isExecutable(PYTHON)
        && new ProcessBuilder(PYTHON.toString(), "-c", "import sklearn, torch")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }
}
