package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.UnitRows;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The configured teacher's features of data sets' images, by what is to be a phase of a stream. */
final class DriftFeatures implements AutoCloseable {
  private static final int BATCH = 64;
  private static final int PHASES = 5;

  private final TeacherEncoder teacher;
  private final ViewFactory views;
  private final int bytes;

  DriftFeatures(BagpipeConfig config) {
    Settings settings = new Settings(config);
    teacher =
        TeacherEngines.open(
            TeacherSource.parse(config.teacher().path()),
            settings.teacher(),
            settings.teacherEngine());
    views = new ViewFactory(settings.views(), settings.decodeLimits(), config.seed());
    bytes = 3 * teacher.inputSize() * teacher.inputSize();
  }

  /** A group a data set. */
  List<List<float[]>> bySource(List<ImageSource> sources) throws IOException {
    List<List<float[]>> groups = new ArrayList<>();
    for (ImageSource source : sources) {
      List<float[]> group = new ArrayList<>();
      byLabel(source).values().forEach(group::addAll);
      groups.add(group);
    }
    return groups;
  }

  /** The classes by name, in five groups, or as many as there are. */
  List<List<float[]>> byClass(ImageSource source) throws IOException {
    List<List<float[]>> classes = new ArrayList<>(byLabel(source).values());
    int count = Math.min(PHASES, classes.size());
    List<List<float[]>> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<float[]> group = new ArrayList<>();
      int to = (i + 1) * classes.size() / count;
      for (int j = i * classes.size() / count; j < to; j++) {
        group.addAll(classes.get(j));
      }
      groups.add(group);
    }
    return groups;
  }

  /** What cannot be used is left out, as the service would. */
  private SortedMap<String, List<float[]>> byLabel(ImageSource source) throws IOException {
    SortedMap<String, List<float[]>> all = new TreeMap<>();
    List<String> labels = new ArrayList<>(BATCH);
    byte[] batch = new byte[BATCH * bytes];
    for (int i = 0; i < source.size(); i++) {
      try {
        byte[] view = views.index(source.read(i));
        System.arraycopy(view, 0, batch, labels.size() * bytes, bytes);
        labels.add(String.valueOf(source.label(i)));
      } catch (ImageRejectedException e) {
        continue;
      }
      if (labels.size() == BATCH) {
        take(batch, labels, all);
      }
    }
    take(batch, labels, all);
    return all;
  }

  private void take(byte[] batch, List<String> labels, SortedMap<String, List<float[]>> into) {
    UnitRows rows = teacher.features(Arrays.copyOf(batch, labels.size() * bytes), labels.size());
    int dimension = teacher.featureDimension();
    for (int i = 0; i < labels.size(); i++) {
      if (!rows.refused().containsKey(i)) {
        into.computeIfAbsent(labels.get(i), label -> new ArrayList<>())
            .add(Arrays.copyOfRange(rows.rows(), i * dimension, (i + 1) * dimension));
      }
    }
    labels.clear();
  }

  @Override
  public void close() {
    teacher.close();
  }
}
