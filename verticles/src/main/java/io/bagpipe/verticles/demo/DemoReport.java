package io.bagpipe.verticles.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bagpipe.verticles.demo.CurvesSvg.Curve;
import io.bagpipe.verticles.demo.CurvesSvg.Point;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Writes {@code report.json}, {@code report.md} and {@code curves.svg} into a run's directory. */
public final class DemoReport {
  public static final String JSON = "report.json";
  public static final String MARKDOWN = "report.md";

  private final Path directory;

  public DemoReport(Path directory) {
    this.directory = directory;
  }

  public void write(DemoResult result, Curves curves) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(directory.resolve(JSON), json.writeValueAsString(result) + "\n");
    Files.writeString(directory.resolve("curves.svg"), svg(curves), StandardCharsets.UTF_8);
    Files.writeString(directory.resolve(MARKDOWN), markdown(result), StandardCharsets.UTF_8);
  }

  private static String svg(Curves curves) {
    List<Point> loss = curves.steps().stream().map(s -> new Point(s.anchors(), s.loss())).toList();
    List<Point> knn =
        curves.evaluations().stream()
            .map(e -> new Point(e.anchors(), Objects.requireNonNullElse(e.knnTop1(), Double.NaN)))
            .toList();
    List<Point> linear =
        curves.evaluations().stream()
            .map(
                e -> new Point(e.anchors(), Objects.requireNonNullElse(e.linearTop1(), Double.NaN)))
            .toList();
    return CurvesSvg.render(
        "A student in training",
        List.of(
            new Curve("loss, nats, over images", loss, false),
            new Curve("kNN top-1 on held-out images, over images", knn, true),
            new Curve("linear top-1 on held-out images, over images", linear, true)));
  }

  private static String markdown(DemoResult r) {
    return String.format(
        Locale.ROOT,
        """
        # A student of %,d images
        %s
        | | |
        | --- | --- |
        | student | %s, seed %d |
        | images pushed · trained · dead letters · incomplete last batch | %,d · %,d · %,d · %,d |
        | kNN top-1 on held-out images, before → after | %.3f → %.3f |
        | linear top-1 on held-out images, before → after | %.3f → %.3f |
        | loss, first steps → last steps (the targets change after the warm-up) | %.3f → %.3f |
        | speed | %.0f anchors/s, evaluations included |
        | time | %.0f s, of which %.1f s to the first step |
        | peak resident memory | %.2f GB |
        | checkpoint | `%s` |

        ![loss and kNN over images](curves.svg)

        kNN top-1: cosine similarity of pooled features, weighted vote of the nearest labelled training images; labels play no part in the training of the student. Linear top-1: a linear
        layer on the frozen features, fitted to the same labelled images by ridge regression. The stand-in
        teacher's features were trained with this data set's labels, so this is not a self-supervised result.
        """,
        r.images(),
        r.warning().isEmpty() ? "" : "\n**" + r.warning() + "**\n",
        r.student(),
        r.seed(),
        r.images(),
        r.anchorsTrained(),
        r.deadLetters(),
        r.incompleteBatch(),
        r.knnTop1Start(),
        r.knnTop1End(),
        r.linearTop1Start(),
        r.linearTop1End(),
        r.lossStart(),
        r.lossEnd(),
        r.anchorsPerSecond(),
        r.seconds(),
        r.secondsToFirstStep(),
        r.peakResidentBytes() / 1e9,
        r.checkpoint());
  }
}
