package io.bagpipe.verticles.experiment;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.model.data.TrainTest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.eval.DrawnViews;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.FeatureEncoder;
import io.bagpipe.model.eval.FeatureExamination;
import io.bagpipe.model.eval.FeatureExamination.Features;
import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.FeatureTable;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.SgdProbe;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The eras of a stream: of one data set its classes, a few at a time; of several data sets each.
 * Knows the images that train, and judges a student on held-out ones of each era by kNN, where
 * images of all eras and all classes vote. Confined to one thread; whoever opens it closes it.
 */
public final class StreamEras implements AutoCloseable {
  private static final int PASS = 32;

  private final List<String> names = new ArrayList<>();
  private final List<int[]> images = new ArrayList<>();
  private final ImageSource source;
  private final List<DrawnViews> banks = new ArrayList<>();
  private final List<DrawnViews> queries = new ArrayList<>();
  private final Map<String, Integer> classes = new LinkedHashMap<>();
  private final Map<String, Integer> eraOfClass = new HashMap<>();
  private final FeatureExamination knn;

  /**
   * How a student did.
   *
   * @param overall share of all held-out images
   * @param eras the same of each
   */
  public record Marks(double overall, double[] eras) {}

  /**
   * Opens data sets. With seed 1 the eras come in order, of classes by name, by number where all
   * names are numbers; with another the seed shuffles classes, or data sets.
   *
   * @param config of views, limits, seed and {@code eval.*}
   * @param places at least one
   * @param classesAnEra of a single data set
   * @throws ExperimentException when there are fewer than two eras
   */
  public static StreamEras open(BagpipeConfig config, List<Path> places, int classesAnEra)
      throws IOException {
    List<TrainTest> parts = new ArrayList<>();
    List<ImageSource> sources = new ArrayList<>();
    List<Path> ordered = new ArrayList<>(places);
    if (places.size() > 1) {
      order(ordered, config.seed());
    }
    for (Path place : ordered) {
      TrainTest part = TrainTest.of(place, null);
      parts.add(part);
    }
    for (TrainTest part : parts) {
      sources.add(ImageSources.open(part.train(), part.trainSplit()));
    }
    StreamEras eras = new StreamEras(config, ImageSources.concat(sources));
    boolean whole = false;
    try {
      if (parts.size() > 1) {
        eras.ofPlaces(ordered, sources);
      } else {
        eras.ofClasses(config.seed(), classesAnEra);
      }
      if (eras.names.size() < 2) {
        throw new ExperimentException(
            places.get(0) + ": one era only, " + eras.names + "; needed: two or more");
      }
      eras.openExam(config, parts);
      whole = true;
      return eras;
    } finally {
      if (!whole) {
        eras.close();
      }
    }
  }

  private StreamEras(BagpipeConfig config, ImageSource source) {
    this.source = source;
    var eval = config.eval();
    this.knn =
        new FeatureExamination(
            new KnnClassifier(eval.k(), eval.temperature()),
            SgdProbe.PUBLISHED,
            Set.of(Probe.KNN),
            List.of(config.seed()));
  }

  private static <T> void order(List<T> things, long seed) {
    if (seed != 1) {
      Collections.shuffle(things, new Random(seed));
    }
  }

  private void ofPlaces(List<Path> places, List<ImageSource> sources) {
    int from = 0;
    for (int i = 0; i < places.size(); i++) {
      int first = from;
      int[] all = new int[sources.get(i).size()];
      Arrays.setAll(all, j -> first + j);
      images.add(all);
      names.add(String.valueOf(places.get(i).getFileName()));
      from += all.length;
    }
  }

  private void ofClasses(long seed, int classesAnEra) throws IOException {
    Map<String, List<Integer>> byLabel = new TreeMap<>();
    for (int i = 0; i < source.size(); i++) {
      String label = source.label(i);
      if (label != null) {
        byLabel.computeIfAbsent(label, name -> new ArrayList<>()).add(i);
      }
    }
    List<String> labels = new ArrayList<>(byLabel.keySet());
    if (labels.stream().allMatch(label -> label.matches("\\d{1,9}"))) {
      labels.sort((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
    }
    order(labels, seed);
    for (int from = 0; from < labels.size(); from += classesAnEra) {
      List<String> group = labels.subList(from, Math.min(labels.size(), from + classesAnEra));
      List<Integer> of = new ArrayList<>();
      for (String label : group) {
        eraOfClass.put(label, names.size());
        of.addAll(Objects.requireNonNull(byLabel.get(label)));
      }
      names.add(String.join("+", group));
      images.add(of.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private void openExam(BagpipeConfig config, List<TrainTest> parts) throws IOException {
    Settings settings = new Settings(config);
    DrawnViews.Making making =
        new DrawnViews.Making(
            new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()),
            settings.decodeLimits(),
            classes);
    for (TrainTest part : parts) {
      int bank = Math.max(1, config.eval().bank() / parts.size());
      int judged = Math.max(1, config.eval().queries() / parts.size());
      banks.add(DrawnViews.open(part.train(), part.trainSplit(), bank, config.seed(), making));
      queries.add(DrawnViews.open(part.test(), part.testSplit(), judged, config.seed(), making));
      if (queries.get(queries.size() - 1).count() == 0) {
        throw new EvaluationException(part.test() + ": no labelled images to judge");
      }
    }
  }

  /** How they are called, in the order in which they come. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** The images of each that train, by number. */
  public List<int[]> images() {
    return List.copyOf(images);
  }

  /** Most images that a stream of eras of one length can have. */
  public int most() {
    return images.size() * images.stream().mapToInt(of -> of.length).min().orElse(0);
  }

  /** Reads an image. */
  public LabelledImage read(int image) throws IOException {
    return source.get(image);
  }

  /** The images' source, which stays this one's. */
  ImageSource source() {
    return source;
  }

  /** Judges a student as it is now; changes nothing of it. */
  public Marks judge(StudentEngine student) {
    FeatureEncoder encoder = FeatureEncoder.of(student);
    FeatureTable bank = table(encoder, banks);
    FeatureTable all = table(encoder, queries);
    double[] marks = new double[names.size()];
    for (int era = 0; era < marks.length; era++) {
      FeatureTable own =
          queries.size() > 1 ? table(encoder, List.of(queries.get(era))) : ofEra(all, era);
      if (own == null) {
        throw new EvaluationException("no held-out image of era " + names.get(era));
      }
      marks[era] = top1(new Features(bank, own));
    }
    return new Marks(top1(new Features(bank, all)), marks);
  }

  private double top1(Features features) {
    return Objects.requireNonNull(
            knn.examine(features, null, null, probe -> {}).scores().get(Probe.KNN))
        .top1();
  }

  private static FeatureTable table(FeatureEncoder encoder, List<DrawnViews> views) {
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (DrawnViews each : views) {
      FeatureTable part =
          Objects.requireNonNull(FeatureTable.of(encoder, each, PASS, (done, count) -> true));
      rows.addAll(part.rows());
      Arrays.stream(part.labels()).forEach(labels::add);
    }
    return new FeatureTable(
        rows, labels.stream().mapToInt(Integer::intValue).toArray(), encoder.dimension());
  }

  private @Nullable FeatureTable ofEra(FeatureTable all, int era) {
    List<String> byNumber = new ArrayList<>(classes.keySet());
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < all.labels().length; i++) {
      Integer of = eraOfClass.get(byNumber.get(all.labels()[i]));
      if (of != null && of == era) {
        rows.add(all.rows().get(i));
        labels.add(all.labels()[i]);
      }
    }
    return rows.isEmpty()
        ? null
        : new FeatureTable(
            rows, labels.stream().mapToInt(Integer::intValue).toArray(), all.dimension());
  }

  @Override
  public void close() throws IOException {
    for (DrawnViews each : banks) {
      each.close();
    }
    for (DrawnViews each : queries) {
      each.close();
    }
    source.close();
  }
}
