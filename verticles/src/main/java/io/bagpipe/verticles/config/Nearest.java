package io.bagpipe.verticles.config;

import java.util.Collection;
import java.util.Optional;

/** What somebody probably meant. */
final class Nearest {
  private Nearest() {}

  /** The candidate with the least edits from {@code word}, if these are at most {@code most}. */
  static Optional<String> of(String word, Collection<String> candidates, int most) {
    String best = null;
    int least = most + 1;
    for (String candidate : candidates.stream().sorted().toList()) {
      int d = distance(word, candidate);
      if (d < least) {
        least = d;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Edits (insert, delete, replace, swap of neighbours) from one word to the other. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
