package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.FineTuning;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.SgdProbe;
import io.bagpipe.verticles.config.EvalConfig;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How {@code bagpipe evaluate} reads labels off features. */
final class ProbeOptions {
  /** Reads a probe's name. */
  static final class ProbeConverter implements ITypeConverter<Probe> {
    @Override
    public Probe convert(String value) {
      for (Probe probe : Probe.values()) {
        if (probe.id().equals(value.toLowerCase(Locale.ROOT).replace('-', '_'))) {
          return probe;
        }
      }
      throw new TypeConversionException(
          "\""
              + value
              + "\" is not valid; expected knn, ridge, logistic, sgd, finetune-1 or"
              + " finetune-10");
    }
  }

  @Option(
      names = "--probes",
      split = ",",
      paramLabel = "PROBE",
      converter = ProbeConverter.class,
      description =
          "knn, ridge (linear, closed form), logistic (linear, L-BFGS), sgd (linear, the authors'"
              + " protocol), finetune-1, finetune-10 (the whole network on 1 %%, 10 %% of the labels)."
              + " Default: knn,ridge,logistic,sgd.")
  private List<Probe> probes = List.of(Probe.KNN, Probe.RIDGE, Probe.LOGISTIC, Probe.SGD);

  @Option(names = "-k", paramLabel = "K", description = "Neighbours that vote; else eval.k.")
  private @Nullable Integer k;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Of the vote; else eval.temperature.")
  private @Nullable Double temperature;

  @Option(
      names = "--bank",
      paramLabel = "N",
      description =
          "Most training images that vote and teach, drawn by the seed, of each label its share;"
              + " else eval.bank. finetune takes its part of all training images.")
  private @Nullable Integer bank;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Most held-out images that are judged; else eval.queries.")
  private @Nullable Integer queries;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Seeds of what draws: sgd and finetune. Default: 3.")
  private int seeds = 3;

  @Option(names = "--sgd-epochs", paramLabel = "N", description = "Default: 100.")
  private int sgdEpochs = SgdProbe.PUBLISHED.epochs();

  @Option(names = "--sgd-batch", paramLabel = "N", description = "Default: 256.")
  private int sgdBatch = SgdProbe.PUBLISHED.batch();

  @Option(names = "--sgd-lr", paramLabel = "RATE", description = "Default: 30.")
  private double sgdRate = SgdProbe.PUBLISHED.rate();

  @Option(names = "--finetune-epochs", paramLabel = "N", description = "Default: 30.")
  private int tuningEpochs = 30;

  @Option(names = "--finetune-batch", paramLabel = "N", description = "Default: 32.")
  private int tuningBatch = 32;

  @Option(names = "--finetune-lr", paramLabel = "RATE", description = "Default: 0.02.")
  private double tuningRate = 0.02;

  ProbeOptions() {}

  Set<Probe> probes() {
    return EnumSet.copyOf(probes);
  }

  int bank(EvalConfig eval) {
    return positive("--bank", bank == null ? eval.bank() : bank);
  }

  int queries(EvalConfig eval) {
    return positive("--queries", queries == null ? eval.queries() : queries);
  }

  KnnClassifier knn(EvalConfig eval) {
    return new KnnClassifier(
        k == null ? eval.k() : k, temperature == null ? eval.temperature() : temperature);
  }

  SgdProbe sgd() {
    return new SgdProbe(sgdEpochs, sgdBatch, sgdRate);
  }

  FineTuning tuning(EngineOptions engine) {
    return new FineTuning(tuningEpochs, tuningBatch, tuningRate, engine);
  }

  /** From the configuration's on. */
  List<Long> seeds(long first) {
    return LongStream.range(first, first + positive("--seeds", seeds)).boxed().toList();
  }

  private static int positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + "; valid: 1 or more");
    }
    return value;
  }
}
