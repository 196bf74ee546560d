package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.drift.Frechet;
import io.bagpipe.model.index.FeaturePoint;
import io.bagpipe.streams.proto.DriftFound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What people are shown of a change: some images before and after it, and how far apart the two
 * are. Out of the partition's window, which has both: an image that was pushed again since is in
 * its later place.
 */
final class DriftSheets {
  /** Images on a sheet. */
  private static final int PICTURES = 12;

  /** Of a set for the distance, evenly: what is reckoned grows with the cube of it. */
  private static final int MOST = 128;

  private final Windows windows;

  DriftSheets(Windows windows) {
    this.windows = windows;
  }

  /**
   * @param shownBy the image that showed the change
   * @param window newest images, that one the last, that are not like those before
   */
  void fill(DriftFound.Builder found, int partition, byte[] shownBy, int window) {
    List<FeaturePoint> until = until(partition, shownBy, 3 * window);
    int size = Math.min(window, until.size() / 2);
    if (size < 2) {
      return; // bags.window is smaller than that
    }
    List<FeaturePoint> after = until.subList(0, size);
    List<FeaturePoint> before = until.subList(size, 2 * size);
    found.addAllBefore(sheet(before)).addAllAfter(sheet(after));
    float[][] vectors = vectors(before);
    found.setFrechet(Frechet.distance(vectors, vectors(after)));
    if (until.size() >= 3 * size) {
      List<FeaturePoint> earlier = until.subList(2 * size, 3 * size);
      found.setFrechetBefore(Frechet.distance(vectors(earlier), vectors));
    }
  }

  /** The newest images up to this one, newest first; its record may hold newer ones. */
  private List<FeaturePoint> until(int partition, byte[] shownBy, int count) {
    for (int more = 64; ; more *= 4) {
      List<FeaturePoint> newest = windows.newest(partition, count + more);
      for (int i = 0; i < newest.size(); i++) {
        if (Arrays.equals(newest.get(i).id(), shownBy)) {
          if (newest.size() - i >= count || newest.size() < count + more) {
            return newest.subList(i, Math.min(newest.size(), i + count));
          }
          break;
        }
      }
      if (newest.size() < count + more) {
        return newest; // it was pushed again in the same record, or taken back
      }
    }
  }

  /** Evenly spread, the oldest first. */
  private static List<FeaturePoint> some(List<FeaturePoint> of, int most) {
    int count = Math.min(most, of.size());
    List<FeaturePoint> some = new ArrayList<>(count);
    for (int i = count - 1; i >= 0; i--) {
      some.add(of.get((int) ((long) i * of.size() / count)));
    }
    return some;
  }

  private static List<ByteString> sheet(List<FeaturePoint> of) {
    return some(of, PICTURES).stream()
        .map(point -> UnsafeByteOperations.unsafeWrap(point.id()))
        .toList();
  }

  private static float[][] vectors(List<FeaturePoint> of) {
    return some(of, MOST).stream().map(FeaturePoint::features).toArray(float[][]::new);
  }
}
