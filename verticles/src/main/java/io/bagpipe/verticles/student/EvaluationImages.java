package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.model.eval.LabelledViews;
import io.bagpipe.model.image.ImageRejectedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads labelled images for evaluation as index views. The same label is the same class in all that
 * one of these reads. Confined to one thread.
 */
final class EvaluationImages {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluationImages.class);

  private final ViewFactory views;
  private final Map<String, Integer> classes = new HashMap<>();

  EvaluationImages(ViewFactory views) {
    this.views = views;
  }

  /**
   * The first images of a split that have a label and can be read.
   *
   * @param most how many
   */
  LabelledViews read(Path data, Split split, int most) throws IOException {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    List<Integer> labels = new ArrayList<>();
    int unreadable = 0;
    try (ImageSource source = ImageSources.open(data, split)) {
      for (int i = 0; i < source.size() && labels.size() < most; i++) {
        String label = source.label(i);
        if (label == null) {
          continue;
        }
        try {
          pixels.writeBytes(views.index(source.read(i)));
          labels.add(classes.computeIfAbsent(label, name -> classes.size()));
        } catch (ImageRejectedException e) {
          unreadable++;
        }
      }
    }
    if (unreadable > 0) {
      LOG.warn("{} of the images in {} could not be read for evaluation", unreadable, data);
    }
    return new LabelledViews(
        pixels.toByteArray(), labels.stream().mapToInt(Integer::intValue).toArray());
  }
}
