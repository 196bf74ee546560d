package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.EvaluationWatch;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.StageEvent;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the training thread has to do with eras: it begins them, takes what is held out of them and
 * asks the student about them; nothing, where nothing is held out. Others who ask something are
 * served meanwhile, so that one of these may be under way when another is wanted: it is refused.
 */
final class EraWork {
  private final Student student;
  private final @Nullable Probes probes;
  private final Activity activity;
  private final Consumer<ErasEvent> scored;

  /** The student is being asked about its eras, perhaps while another begins. */
  private boolean asking;

  private boolean beginning;

  /**
   * @param watch asked for leave to go on, and told how far it is
   * @param scored told of the eras when one has begun, or the student was asked about them
   */
  EraWork(Student student, Activity activity, EvaluationWatch watch, Consumer<ErasEvent> scored) {
    this.student = student;
    this.probes = student.probes();
    this.activity = activity;
    this.scored = scored;
    if (probes != null) {
      probes.watchedBy(watch);
    }
  }

  /** Takes an image that is held out; an era may begin with it, by time. */
  void held(BaggedAnchor held, ImageCoordinates image) {
    Probes into = probes;
    if (into != null) {
      begin(
          () -> {
            into.take(held, image, student.trainer().anchors());
            return true;
          });
    }
  }

  /**
   * Begins an era.
   *
   * @return false where that is not to be: nothing is held out, the name was used, or the current
   *     era is too young
   */
  boolean begin(String era) {
    Probes of = probes;
    long anchors = student.trainer().anchors();
    if (of == null || !begin(() -> of.begin(era, anchors, 0))) {
      return false;
    }
    scored.accept(ErasReport.of(anchors, of.all()));
    return true;
  }

  private boolean begin(BooleanSupplier work) {
    beginning = true;
    try {
      return ask(work);
    } finally {
      beginning = false;
    }
  }

  /** Asks the student about every era, at the cost of few steps, or when it is asked to. */
  void score(boolean inAnyCase) {
    Probes of = probes;
    long anchors = student.trainer().anchors();
    if (of != null && !asking && (inAnyCase || of.isDue(anchors))) {
      ask(
          () -> {
            of.score(anchors);
            return true;
          });
      scored.accept(ErasReport.of(anchors, of.all()));
    }
  }

  private boolean ask(BooleanSupplier work) {
    StageEvent.Doing before = activity.now();
    asking = true;
    try {
      return work.getAsBoolean();
    } finally {
      asking = false;
      activity.back(before);
    }
  }

  /**
   * @throws IllegalStateException while the student is being asked
   */
  void requireUnasked() {
    if (asking) {
      throw new IllegalStateException(
          "the student is being asked about its eras: come again in a moment");
    }
  }

  /**
   * @throws IllegalStateException while what was met of an era and what is known of it are not in
   *     step, so that neither is to be saved
   */
  void requireInStep() {
    if (beginning) {
      requireUnasked();
    }
  }
}
