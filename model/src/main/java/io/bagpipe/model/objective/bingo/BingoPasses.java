package io.bagpipe.model.objective.bingo;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Contrast.Masked;
import io.bagpipe.model.objective.Contrast.Positive;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The three passes of a step of BINGO: query, member and mixed views, each with its own batch
 * statistics. For BINGO itself and for what adds to it. Confined to the training thread; the queue
 * stays its owner's.
 */
public final class BingoPasses {
  /** What they need of an anchor. */
  public static final Set<Ingredient> NEEDS =
      Collections.unmodifiableSet(
          EnumSet.of(QUERY_VIEW, MEMBER_VIEW, KEY_EMBEDDING, MEMBER_EMBEDDING));

  /** Their terms, in order. */
  public static final List<String> TERMS = List.of("query", "member", "mix");

  private final BingoLoss loss;
  private final ObjectiveConfig config;
  private final BingoOptions options;
  private final int side;
  private byte[] mixed = new byte[0];

  /** Adds to what the query's pass descends. */
  @FunctionalInterface
  public interface OnQuery {
    /**
     * @param outputs [batch, dimension] the student's, not normalised
     * @param term BINGO's of the query
     * @return a result whose gradient is what is descended, and whose loss is still {@code term}'s
     */
    TermResult of(float[] outputs, TermResult term);
  }

  /**
   * @param side of the views, pixels
   */
  public BingoPasses(NegativeQueue queue, ObjectiveConfig config, int side) {
    this(queue, config, BingoOptions.PAPER, side);
  }

  BingoPasses(NegativeQueue queue, ObjectiveConfig config, BingoOptions options, int side) {
    this.loss = new BingoLoss(queue, config.temperature());
    this.config = config;
    this.options = options;
    this.side = side;
  }

  /**
   * Makes the passes.
   *
   * @param onQuery adds a term to the query's pass
   * @return BINGO's loss and terms, and the share of the mixed view that is the query's
   */
  public StepLoss run(Passes student, AnchorBatch batch, Moment moment, OnQuery onQuery) {
    TermWeights weights = TermWeights.at(moment.anchors(), config.warmupImages());
    CutMix cut = CutMix.draw(config.seed(), moment, side);
    boolean hasQuery = options.hasQuery(moment.step());
    boolean hasMember = options.hasMember(moment.step());
    int passes = 1 + (hasQuery ? 1 : 0) + (hasMember ? 1 : 0);
    Comparison against = new Comparison(batch, passes, masked(batch));
    OnQuery nothing = (outputs, term) -> term;
    Map<String, Double> terms = new LinkedHashMap<>();
    // the keys of anchor and member swap their parts with the views
    if (hasQuery) {
      Passes.Term term = against.term(weights.own(), weights.other(), onQuery);
      terms.put("query", student.run("query", batch.view(QUERY_VIEW), batch.size(), term));
    }
    if (hasMember) {
      Passes.Term term = against.term(weights.other(), weights.own(), nothing);
      terms.put("member", student.run("member", batch.view(MEMBER_VIEW), batch.size(), term));
    }
    Passes.Term term = against.term(cut.lambda(), 1 - cut.lambda(), nothing);
    terms.put("mix", student.run("mixed", mix(batch, cut), batch.size(), term));
    double sum = 0;
    for (double value : terms.values()) {
      sum += value;
    }
    return new StepLoss(sum / passes, terms, Map.of("lambda", cut.lambda()));
  }

  private @Nullable Masked masked(AnchorBatch batch) {
    float[] members = batch.vectors(MEMBER_EMBEDDING);
    return options.maskMembers() ? new Masked(members, loss.copies(members)) : null;
  }

  /**
   * What terms cannot fall below while a key is among the negatives, as a member's may be that the
   * window has kept, unless it is masked: CE(s, kp) then is at least log 2. And the share of
   * anchors of which that is so.
   */
  public Outlook outlook(AnchorBatch batch, Moment moment) {
    TermWeights weights = TermWeights.at(moment.anchors(), config.warmupImages());
    double lambda = CutMix.draw(config.seed(), moment, side).lambda();
    int[] copies = loss.copies(batch.vectors(KEY_EMBEDDING));
    int[] memberCopies = loss.copies(batch.vectors(MEMBER_EMBEDDING));
    double counts = options.maskMembers() ? 0 : 1;
    double key = 0;
    double memberKey = 0;
    double share = 0;
    for (int row = 0; row < batch.size(); row++) {
      key += Math.log1p(copies[row]) / batch.size();
      memberKey += counts * Math.log1p(memberCopies[row]) / batch.size();
      share += memberCopies[row] > 0 ? 1.0 / batch.size() : 0;
    }
    Map<String, Double> floors = new LinkedHashMap<>();
    floors.put("query", weights.own() * key + weights.other() * memberKey);
    floors.put("member", weights.other() * key + weights.own() * memberKey);
    floors.put("mix", lambda * key + (1 - lambda) * memberKey);
    return new Outlook(floors, Map.of("member_among_negatives", share));
  }

  /** What every pass of a step is compared with. */
  private final class Comparison {
    private final float[] keys;
    private final float[] memberKeys;
    private final int passes;
    private final @Nullable Masked masked;

    Comparison(AnchorBatch batch, int passes, @Nullable Masked masked) {
      this.keys = batch.vectors(KEY_EMBEDDING);
      this.memberKeys = batch.vectors(MEMBER_EMBEDDING);
      this.passes = passes;
      this.masked = masked;
    }

    Passes.Term term(double key, double memberKey, OnQuery after) {
      Positive own = new Positive(keys, key);
      Positive member = new Positive(memberKeys, memberKey);
      return outputs -> after.of(outputs, loss.term(outputs, passes, own, member, masked));
    }
  }

  private byte[] mix(AnchorBatch batch, CutMix cut) {
    byte[] query = batch.view(QUERY_VIEW);
    if (mixed.length != query.length) {
      mixed = new byte[query.length];
    }
    System.arraycopy(query, 0, mixed, 0, query.length);
    cut.paste(mixed, batch.view(MEMBER_VIEW), batch.size(), side);
    return mixed;
  }
}
