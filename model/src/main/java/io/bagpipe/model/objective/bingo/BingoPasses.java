package io.bagpipe.model.objective.bingo;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    this.loss = new BingoLoss(queue, config.temperature());
    this.config = config;
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
    CutMix cut = CutMix.draw(config.seed(), moment.step(), side);
    OnQuery nothing = (outputs, term) -> term;
    // the keys of anchor and member swap their parts with the views
    double query =
        student.run(
            "query",
            batch.view(QUERY_VIEW),
            batch.size(),
            term(batch, weights.own(), weights.other(), onQuery));
    double member =
        student.run(
            "member",
            batch.view(MEMBER_VIEW),
            batch.size(),
            term(batch, weights.other(), weights.own(), nothing));
    double mix =
        student.run(
            "mixed",
            mix(batch, cut),
            batch.size(),
            term(batch, cut.lambda(), 1 - cut.lambda(), nothing));
    Map<String, Double> terms = new LinkedHashMap<>();
    terms.put("query", query);
    terms.put("member", member);
    terms.put("mix", mix);
    return new StepLoss((query + member + mix) / 3, terms, Map.of("lambda", cut.lambda()));
  }

  private Passes.Term term(AnchorBatch batch, double key, double memberKey, OnQuery after) {
    float[] keys = batch.vectors(KEY_EMBEDDING);
    float[] memberKeys = batch.vectors(MEMBER_EMBEDDING);
    return outputs -> after.of(outputs, loss.term(outputs, keys, memberKeys, key, memberKey));
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
