package io.bagpipe.model.objective.bingo;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * BINGO: three passes a step (query, member and mixed views, each with its own batch statistics);
 * after the update the anchors' keys enter the queue (METHOD: "The loss"). Confined to the training
 * thread; owns its queue.
 */
final class BingoObjective implements Objective {
  static final String NAME = "bingo";

  private final NegativeQueue queue;
  private final BingoLoss loss;
  private final ObjectiveConfig config;
  private final int side;
  private byte[] mixed = new byte[0];

  /**
   * @param side of the views, pixels
   */
  BingoObjective(NegativeQueue queue, ObjectiveConfig config, int side) {
    this.queue = queue;
    this.loss = new BingoLoss(queue, config.temperature());
    this.config = config;
    this.side = side;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    TermWeights weights = TermWeights.at(moment.anchors(), config.warmupImages());
    CutMix cut = CutMix.draw(config.seed(), moment.step(), side);
    // the keys of anchor and member swap their parts with the views
    double query =
        pass(student, "query", batch.view(QUERY_VIEW), batch, weights.own(), weights.other());
    double member =
        pass(student, "member", batch.view(MEMBER_VIEW), batch, weights.other(), weights.own());
    double mix = pass(student, "mixed", mix(batch, cut), batch, cut.lambda(), 1 - cut.lambda());
    Map<String, Double> terms = new LinkedHashMap<>();
    terms.put("query", query);
    terms.put("member", member);
    terms.put("mix", mix);
    return new StepLoss((query + member + mix) / 3, terms, Map.of("lambda", cut.lambda()));
  }

  private double pass(
      Passes student,
      String name,
      byte[] pixels,
      AnchorBatch batch,
      double weightKey,
      double weightMember) {
    float[] keys = batch.vectors(KEY_EMBEDDING);
    float[] memberKeys = batch.vectors(MEMBER_EMBEDDING);
    return student.run(
        name,
        pixels,
        batch.size(),
        outputs -> loss.term(outputs, keys, memberKeys, weightKey, weightMember));
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

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(batch.vectors(KEY_EMBEDDING));
  }

  @Override
  public ObjectiveState state() {
    return QueueState.of(NAME, queue);
  }

  @Override
  public void restore(ObjectiveState state) {
    QueueState.restore(state, queue);
  }

  @Override
  public void close() {
    queue.close();
  }
}
