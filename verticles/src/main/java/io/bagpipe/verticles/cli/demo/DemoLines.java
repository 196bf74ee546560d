package io.bagpipe.verticles.cli.demo;

import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.demo.Demo;
import io.bagpipe.verticles.demo.DemoWatch;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The demo's progress in words. */
final class DemoLines {
  private static final int BAR = 30;

  private final Demo demo;
  private final long images;

  DemoLines(Demo demo, long images) {
    this.demo = demo;
    this.images = images;
  }

  List<String> now() {
    DemoWatch watch = demo.watch();
    if (watch == null) {
      return List.of("starting broker, teacher and student");
    }
    StepEvent step = watch.step();
    if (step == null) {
      return List.of(
          "pushed %,d; evaluating the untrained student".formatted(demo.pushed()), stages(watch));
    }
    double done = step.anchors() / (double) images;
    String left =
        step.anchorsPerSecond() > 0
            ? ProgressDisplay.time(
                Duration.ofMillis(
                    Math.round(1000 * (images - step.anchors()) / step.anchorsPerSecond())))
            : "?";
    return List.of(
        String.format(
            Locale.ROOT,
            "%s %,d of %,d  %.0f anchors/s  loss %.3f  kNN %.3f  %s left",
            ProgressDisplay.bar(done, BAR),
            step.anchors(),
            images,
            step.anchorsPerSecond(),
            step.loss(),
            watch.curves().knnEnd(),
            left),
        stages(watch));
  }

  private static String stages(DemoWatch watch) {
    StringBuilder line = new StringBuilder();
    for (Stage stage : Stage.values()) {
      StageEvent beat = watch.stage(stage);
      if (beat != null) {
        line.append(line.length() == 0 ? "" : " > ")
            .append(
                String.format(
                    Locale.ROOT,
                    "%s %.0f/s busy %.0f%% queue %d%s",
                    stage.id(),
                    beat.flow().ratePerSecond(),
                    100 * beat.busy(),
                    beat.queue().size(),
                    beat.gate() == Gate.CLOSED ? " gate closed" : ""));
      }
    }
    return line.toString();
  }
}
