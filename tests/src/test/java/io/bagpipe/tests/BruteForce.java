package io.bagpipe.tests;

import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a bag must be, by looking at everything. */
final class BruteForce {
  private BruteForce() {}

  private record Scored(String id, int at, double similarity) {}

  /**
   * The ids nearest to the anchor at this place among the pushes before it, newest push of each id
   * only, the anchor's own id excluded; best first, older first where they are as good.
   */
  static List<String> nearest(List<EmbeddedAnchor> pushes, int anchor, int window, int k) {
    float[] query = Vectors.floats(pushes.get(anchor).getFeatures());
    String own = id(pushes.get(anchor));
    Map<String, Integer> newest = new HashMap<>();
    for (int i = Math.max(0, anchor - window); i < anchor; i++) {
      newest.put(id(pushes.get(i)), i);
    }
    newest.remove(own);
    List<Scored> scored = new ArrayList<>();
    newest.forEach(
        (id, at) ->
            scored.add(
                new Scored(id, at, dot(query, Vectors.floats(pushes.get(at).getFeatures())))));
    scored.sort(
        Comparator.comparingDouble((Scored s) -> -s.similarity()).thenComparingInt(Scored::at));
    return scored.stream().limit(k).map(Scored::id).toList();
  }

  private static String id(EmbeddedAnchor anchor) {
    return anchor.getAnchor().getId().toStringUtf8();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
