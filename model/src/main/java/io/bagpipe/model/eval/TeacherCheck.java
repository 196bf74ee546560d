package io.bagpipe.model.eval;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.StratifiedDraw;
import io.bagpipe.model.eval.ContactSheet.Border;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher is worth on somebody's images, before a student is trained for days on its word:
 * how fast it is, how many directions its features really use, and whose neighbours they make.
 * Confined to one thread; teacher, views and images remain their owner's.
 */
public final class TeacherCheck {
  private static final int CALL = 32;

  private final TeacherEncoder teacher;
  private final ViewFactory views;
  private final ImageSource images;
  private final Request request;
  private final int mostBytes;

  /** Places of the images whose features are in {@link #features}, in the source. */
  private final List<Integer> places = new ArrayList<>();

  private final List<float[]> features = new ArrayList<>();
  private final List<float[]> embeddings = new ArrayList<>();
  private int unreadable;
  private int refused;
  private double seconds;
  private int timed;

  /**
   * What to look at.
   *
   * @param most images that are taken; of labelled ones the same share of each label
   * @param neighbours in a bag
   * @param bags on the contact sheet
   */
  public record Request(int most, int neighbours, int bags, long seed) {
    public Request {
      if (most < 2 || neighbours < 1 || bags < 1) {
        throw new IllegalArgumentException(
            "a check of "
                + most
                + " images, "
                + neighbours
                + " neighbours, "
                + bags
                + " bags; valid: 2 images and more, 1 of the others");
      }
    }
  }

  /**
   * What was found.
   *
   * @param images with usable features
   * @param unreadable files that are no image, or too large
   * @param refused images of which the teacher said nothing usable
   * @param imagesPerSecond one pass of the network, pixels in and unit vectors out; 0 where there
   *     were too few images to time
   * @param featureRank RankMe of the features: between 1 and the smaller of images and dimension
   * @param embeddingRank of the embeddings of the same views
   * @param labels null: none
   * @param sheet the contact sheet, PNG
   */
  public record Result(
      int images,
      int unreadable,
      int refused,
      double imagesPerSecond,
      double featureRank,
      double embeddingRank,
      @Nullable Labels labels,
      byte[] sheet) {}

  /**
   * Against labels.
   *
   * @param purity share of neighbours with the anchor's label
   * @param chance what random neighbours would have
   * @param knn share of images whose neighbours' weighted vote is right, each left out of the bank
   */
  public record Labels(int classes, double purity, double chance, double knn) {}

  /**
   * @param mostBytes of a file that is read
   */
  public TeacherCheck(
      TeacherEncoder teacher,
      ViewFactory views,
      int mostBytes,
      ImageSource images,
      Request request) {
    this.mostBytes = mostBytes;
    this.teacher = teacher;
    this.views = views;
    this.images = images;
    this.request = request;
  }

  /**
   * Runs it: one pass over the images.
   *
   * @throws EvaluationException when fewer than two images are usable
   */
  public Result run() throws IOException {
    take(true);
    if (features.size() < 2) {
      throw new EvaluationException(
          "of "
              + (features.size() + unreadable + refused)
              + " images "
              + features.size()
              + " are usable ("
              + unreadable
              + " unreadable, "
              + refused
              + " refused by the teacher); needed: 2 and more");
    }
    int k = Math.min(request.neighbours(), features.size() - 1);
    Neighbours bags = Neighbours.search(features, features, teacher.featureDimension(), k, true);
    int[] labels = labels();
    return new Result(
        features.size(),
        unreadable,
        refused,
        seconds > 0 ? timed / seconds : 0,
        rank(features),
        rank(embeddings),
        labels.length == 0 ? null : labels(bags, labels),
        sheet(bags, labels));
  }

  /**
   * The features of as many images as are asked for, unit rows, and nothing else.
   *
   * @throws IOException when the data set cannot be read
   */
  public List<float[]> features() throws IOException {
    take(false);
    return features;
  }

  private void take(boolean embed) throws IOException {
    List<byte[]> batch = new ArrayList<>();
    List<Integer> batchPlaces = new ArrayList<>();
    for (int place : drawn()) {
      try {
        if (images.length(place) > mostBytes) {
          unreadable++;
          continue;
        }
        batch.add(views.index(images.read(place)));
        batchPlaces.add(place);
      } catch (ImageRejectedException | IOException e) {
        unreadable++;
      }
      if (batch.size() == CALL) {
        ask(batch, batchPlaces, embed);
      }
    }
    if (!batch.isEmpty()) {
      ask(batch, batchPlaces, embed);
    }
  }

  private int[] drawn() throws IOException {
    int[] labelled = StratifiedDraw.of(images, request.most(), request.seed());
    if (labelled.length > 0) {
      return labelled;
    }
    int count = Math.min(request.most(), images.size());
    return IntStream.range(0, count).map(i -> (int) ((long) i * images.size() / count)).toArray();
  }

  private void ask(List<byte[]> batch, List<Integer> batchPlaces, boolean embed) {
    int size = batch.get(0).length;
    byte[] pixels = new byte[Math.multiplyExact(batch.size(), size)];
    for (int i = 0; i < batch.size(); i++) {
      System.arraycopy(batch.get(i), 0, pixels, i * size, size);
    }
    long start = System.nanoTime();
    UnitRows said = teacher.features(pixels, batch.size());
    // the first full call warms up, and a short one pays for rows of nothing
    if (!features.isEmpty() && batch.size() == CALL) {
      seconds += (System.nanoTime() - start) / 1e9;
      timed += batch.size();
    }
    UnitRows keys = embed ? teacher.embeddings(pixels, batch.size()) : said;
    for (int i = 0; i < batch.size(); i++) {
      if (said.refused().containsKey(i) || keys.refused().containsKey(i)) {
        refused++;
        continue;
      }
      places.add(batchPlaces.get(i));
      features.add(row(said, i, teacher.featureDimension()));
      if (embed) {
        embeddings.add(row(keys, i, teacher.embeddingDimension()));
      }
    }
    batch.clear();
    batchPlaces.clear();
  }

  private static float[] row(UnitRows rows, int row, int dimension) {
    return Arrays.copyOfRange(rows.rows(), row * dimension, (row + 1) * dimension);
  }

  /** RankMe over the smaller of the two sides of the matrix: the singular values are the same. */
  private static double rank(List<float[]> rows) {
    int dimension = rows.get(0).length;
    if (rows.size() >= dimension) {
      return FeatureStatistics.rankMe(rows, dimension);
    }
    List<float[]> columns = new ArrayList<>(dimension);
    for (int i = 0; i < dimension; i++) {
      float[] column = new float[rows.size()];
      for (int row = 0; row < column.length; row++) {
        column[row] = rows.get(row)[i];
      }
      columns.add(column);
    }
    return FeatureStatistics.rankMe(columns, rows.size());
  }

  /** Of each image; empty where one has none, or all have the same. */
  private int[] labels() throws IOException {
    Map<String, Integer> classes = new HashMap<>();
    int[] labels = new int[places.size()];
    for (int i = 0; i < labels.length; i++) {
      String label = images.label(places.get(i));
      if (label == null) {
        return new int[0];
      }
      labels[i] = classes.computeIfAbsent(label, name -> classes.size());
    }
    return classes.size() > 1 ? labels : new int[0];
  }

  private static Labels labels(Neighbours bags, int[] labels) {
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    long[] counts = new long[classes];
    for (int label : labels) {
      counts[label]++;
    }
    double chance = 0;
    for (long count : counts) {
      chance += (double) count / labels.length * (count - 1) / (labels.length - 1);
    }
    long same = 0;
    for (int i = 0; i < bags.ids().length; i++) {
      same += labels[bags.ids()[i]] == labels[i / bags.k()] ? 1 : 0;
    }
    int[] votes = KnnClassifier.of(bags.k()).vote(bags, labels);
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += votes[i] == labels[i] ? 1 : 0;
    }
    return new Labels(
        classes, (double) same / bags.ids().length, chance, (double) right / labels.length);
  }

  private byte[] sheet(Neighbours bags, int[] labels) throws IOException {
    int rows = Math.min(request.bags(), places.size());
    ContactSheet sheet = new ContactSheet(teacher.inputSize(), rows, bags.k() + 1);
    for (int row = 0; row < rows; row++) {
      int anchor = (int) ((long) row * places.size() / rows);
      sheet.draw(row, 0, view(anchor), Border.UNKNOWN);
      for (int i = 0; i < bags.k(); i++) {
        int neighbour = bags.ids()[anchor * bags.k() + i];
        Border border =
            labels.length == 0
                ? Border.UNKNOWN
                : labels[neighbour] == labels[anchor] ? Border.SAME : Border.OTHER;
        sheet.draw(row, i + 1, view(neighbour), border);
      }
    }
    return sheet.png();
  }

  private byte[] view(int image) throws IOException {
    try {
      return views.index(images.read(places.get(image)));
    } catch (ImageRejectedException e) {
      throw new IOException(
          images.id(places.get(image)) + " could be read and now cannot: " + e.getMessage(), e);
    }
  }
}
