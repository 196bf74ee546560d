package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.eval.Eras;
import io.bagpipe.model.eval.Eras.Era;
import io.bagpipe.model.eval.ErasComponent;
import io.bagpipe.model.eval.EvaluationWatch;
import io.bagpipe.model.eval.Probe;
import io.bagpipe.model.eval.ProbeExam;
import io.bagpipe.model.eval.ProbeScore;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that are held out for the student in training: which era each is of, where it lies,
 * and how the student does on them. Confined to the training thread.
 */
final class Probes {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

  /** Times as long as the last scoring took, before checkpoints score again. */
  private static final int REST = 20;

  private final Eras eras;
  private final ProbeFiles files;
  private final ProbeExam exam;
  private final long everyMillis;
  private final Set<Integer> torn = new HashSet<>();

  /** By the number of an era whose set is whole. */
  private final Map<Integer, ProbeSet> known = new HashMap<>();

  private EvaluationWatch watch = EvaluationWatch.NONE;
  private long scoredAnchors = -1;
  private long nextNanos = System.nanoTime();
  private boolean forgot;

  /**
   * @param every how long an era is, by the timestamps of their records in {@code embeddings};
   *     zero: not by time
   */
  Probes(Eras eras, ProbeFiles files, ProbeExam exam, Duration every) {
    this.eras = eras;
    this.files = files;
    this.exam = exam;
    this.everyMillis = every.toMillis();
  }

  /**
   * Who follows the scoring, and may end it: what was not asked then is asked the next time; an era
   * that ends meanwhile has no score of its own time.
   */
  void watchedBy(EvaluationWatch one) {
    watch = one;
  }

  /** Goes on from a checkpoint's component; what it does not name is deleted. */
  void restore(Component component) throws IOException {
    eras.restore(ErasComponent.read(component));
    retain();
  }

  /** A checkpoint has what is known now: files of eras that it has forgotten are let go of. */
  void saved() {
    if (forgot) {
      forgot = false;
      try {
        retain();
      } catch (IOException e) {
        LOG.warn("probes of forgotten eras were not deleted: {}", e.toString());
      }
    }
  }

  private void retain() throws IOException {
    Set<ImageCoordinates> wanted = new HashSet<>();
    eras.all().forEach(era -> wanted.addAll(era.probes()));
    files.retain(wanted);
  }

  Component component() {
    return ErasComponent.of(eras.all());
  }

  List<Era> all() {
    return eras.all();
  }

  /** Names of the eras that the student has met, in order. */
  List<String> names() {
    return eras.all().stream().map(Era::name).toList();
  }

  /**
   * A held-out image comes by; the first one after an era's time begins the next.
   *
   * @param anchors trained until then
   */
  void take(BaggedAnchor held, ImageCoordinates image, long anchors) {
    long pushed = held.getPushed();
    long began = eras.current().pushed();
    if (began == 0) {
      began = eras.dated(pushed);
    }
    if (everyMillis > 0 && pushed - began >= everyMillis) {
      begin("time-" + pushed, anchors, pushed);
    }
    if (eras.take(image)) {
      String label = held.getAnchor().hasLabel() ? held.getAnchor().getLabel() : null;
      files.write(
          image,
          new Probe(held.getQueryView().toByteArray(), Vectors.floats(held.getFeatures()), label));
    }
  }

  /**
   * Begins an era, if one of this name may begin now; that the student is asked about those before
   * it is part of it.
   *
   * @param pushed epoch milliseconds; 0: not known
   */
  boolean begin(String name, long anchors, long pushed) {
    if (!eras.mayBegin(name, anchors)) {
      return false;
    }
    eras.end();
    scoredAnchors = -1; // the set of the era that ends may have been none a moment ago
    score(anchors);
    forgot |= eras.all().size() == Eras.MOST;
    eras.begin(name, anchors, pushed);
    scoredAnchors = -1; // what is known is of the era before
    LOG.info("era {} begins, {} anchors into the run", name, anchors);
    return true;
  }

  /**
   * Whether a checkpoint is to score now: the last time must have been cheap beside what passed.
   */
  boolean isDue(long anchors) {
    return anchors != scoredAnchors && System.nanoTime() - nextNanos >= 0;
  }

  /** Asks the student, as it is now, about every era that has a set; not twice the same. */
  void score(long anchors) {
    if (anchors == scoredAnchors) {
      return;
    }
    long began = System.nanoTime();
    if (scoreAll()) {
      scoredAnchors = anchors;
    }
    long now = System.nanoTime();
    nextNanos = now + REST * (now - began);
  }

  private boolean scoreAll() {
    known.keySet().removeIf(number -> eras.all().stream().noneMatch(it -> it.number() == number));
    List<Era> whole = eras.all().stream().filter(Era::frozen).toList();
    long all = whole.stream().mapToLong(era -> era.probes().size()).sum();
    long before = 0;
    for (Era era : whole) {
      long through = before;
      List<Probe> set = read(era);
      if (set.size() == era.probes().size()) {
        ProbeSet always = known(era, set, () -> watch.goOn(through, all));
        ProbeScore score =
            always == null
                ? null
                : exam.score(set, always.wanted(), (done, of) -> watch.goOn(through + done, all));
        if (score == null) {
          return false;
        }
        eras.scored(era.number(), score);
      } else if (torn.add(era.number())) {
        LOG.warn(
            "era {} is not scored any more: of its probe set's {} images {} are here and intact",
            era.name(),
            era.probes().size(),
            set.size());
      }
      before += era.probes().size();
    }
    return true;
  }

  private @Nullable ProbeSet known(Era era, List<Probe> set, BooleanSupplier goesOn) {
    ProbeSet one = known.get(era.number());
    if (one == null) {
      int[][] wanted = ProbeExam.teachersNearest(set, (done, all) -> goesOn.getAsBoolean());
      if (wanted == null) {
        return null;
      }
      one = new ProbeSet(wanted, ProbeSet.digest(set));
      known.put(era.number(), one);
    }
    return one;
  }

  private List<Probe> read(Era era) {
    List<Probe> set = new ArrayList<>();
    for (ImageCoordinates image : era.probes()) {
      Probe probe = files.read(image);
      if (probe != null) {
        set.add(probe);
      }
    }
    return set;
  }

  /**
   * How the student did on each era, by name, for the rule of promotion: of labelled sets {@code
   * era_N_DIGEST_knn_top1}, of others {@code era_N_DIGEST_agreement}, so that a set is compared
   * with itself alone; empty unless it was asked at these anchors.
   */
  Map<String, Double> accuracies(long anchors) {
    Map<String, Double> all = new LinkedHashMap<>();
    if (anchors != scoredAnchors) {
      return all;
    }
    int now = eras.current().number();
    for (Era era : eras.all()) {
      ProbeScore score = era.scores().get(now);
      ProbeSet set = known.get(era.number());
      if (score != null && set != null) {
        boolean labelled = Double.isFinite(score.knnTop1());
        double value = labelled ? score.knnTop1() : score.agreement();
        if (Double.isFinite(value)) {
          String begins = Scores.ERA + era.number() + "_" + set.digest();
          all.put(begins + (labelled ? "_knn_top1" : "_agreement"), value);
        }
      }
    }
    return all;
  }
}
