package io.bagpipe.verticles.stage;

import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.BagsConfig;
import io.bagpipe.verticles.config.Channels;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.config.TeacherConfig.Projection;
import io.bagpipe.verticles.config.ViewsConfig;
import io.bagpipe.verticles.stage.Lineage.Part;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What this process's configuration makes records with, part by part. A digest is the SHA-256 of
 * lines {@code key=value}, so that it depends on values alone; the teacher's file has its own. What
 * changes speed only (threads, batches, limits) has no part. Immutable.
 *
 * <p>Whoever lets a further key decide what a record holds adds it to its part here, or a part to
 * {@link Lineage.Part} and to the stage that adds it. Changing a line of a part makes every service
 * refuse its own records of before the upgrade: a test holds the digests.
 *
 * @param views what the augment stage adds
 * @param teacher what the teacher stage adds
 * @param bags what the bag index adds
 */
public record Recipe(Lineage views, Lineage teacher, Lineage bags) {
  /**
   * @param needs what the objective asks for
   * @param teacherSha256 of the teacher's file
   */
  public static Recipe of(BagpipeConfig config, Needs needs, String teacherSha256) {
    return new Recipe(
        new Lineage(
            Map.of(
                Part.GEOMETRY, geometry(config.views().geometry()),
                Part.VIEWS, views(config.seed(), config.views()),
                Part.OBJECTIVE, ingredients(needs))),
        new Lineage(
            Map.of(
                Part.TEACHER_FILE,
                teacherSha256,
                Part.TEACHER_OUTPUTS,
                outputs(config.seed(), config.teacher()))),
        new Lineage(Map.of(Part.BAGS, bags(config))));
  }

  /** What a record of {@code embeddings} is made with. */
  public Lineage embeddings() {
    return views.and(teacher);
  }

  /** What a record of {@code bags} is made with. */
  public Lineage all() {
    return embeddings().and(bags);
  }

  private static String geometry(ViewsConfig.Geometry g) {
    return sha256(
        "views.size=" + g.size(), "views.pad=" + g.pad(), "views.index-resize=" + g.indexResize());
  }

  private static String views(long seed, ViewsConfig v) {
    var crop = v.crop();
    var jitter = v.jitter();
    var blur = v.blur();
    return sha256(
        "seed=" + seed,
        "views.crop.min-area=" + crop.minArea(),
        "views.crop.max-area=" + crop.maxArea(),
        "views.crop.min-ratio=" + crop.minRatio(),
        "views.crop.max-ratio=" + crop.maxRatio(),
        "views.jitter.probability=" + jitter.probability(),
        "views.jitter.brightness=" + jitter.brightness(),
        "views.jitter.contrast=" + jitter.contrast(),
        "views.jitter.saturation=" + jitter.saturation(),
        "views.jitter.hue=" + jitter.hue(),
        "views.grayscale=" + v.grayscale(),
        "views.blur.probability=" + blur.probability(),
        "views.blur.min-sigma=" + blur.minSigma(),
        "views.blur.max-sigma=" + blur.maxSigma(),
        "views.flip=" + v.flip());
  }

  private static String ingredients(Needs needs) {
    return sha256(needs.ingredients().stream().map(Enum::name).sorted().toArray(String[]::new));
  }

  private static String outputs(long seed, TeacherConfig t) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "teacher.input=" + t.input(),
                "teacher.features=" + t.features(),
                "teacher.embedding=" + t.embedding(),
                "teacher.mean=" + channels(t.mean()),
                "teacher.std=" + channels(t.std())));
    // without one the lines are those of before there was any
    if (t.projected().by() != Projection.NONE) {
      lines.add("teacher.projection=" + t.projected().by());
    }
    if (t.projected().by() == Projection.ORTHOGONAL) {
      lines.add("train.embedding=" + t.projected().values());
      lines.add("seed=" + seed);
    }
    lines.addAll(engine(t.engine()));
    return sha256(lines.toArray(String[]::new));
  }

  /**
   * What was chosen, not what came of it: processes without a teacher compute this too, and their
   * machine may have no GPU. Which of several GPUs is not told. The usual choice has no line, so
   * that records of before there was one are still ours.
   */
  private static List<String> engine(TeacherConfig.Engine e) {
    List<String> lines = new ArrayList<>();
    if (!e.name().equals("auto")) {
      lines.add("teacher.engine=" + e.name());
    }
    String kind = e.device().replaceFirst(":.*", "");
    if (!kind.equals("auto")) {
      lines.add("teacher.device=" + kind);
    }
    if (!e.precision().equals("float32")) {
      lines.add("teacher.precision=" + e.precision());
    }
    return lines;
  }

  private static String bags(BagpipeConfig config) {
    BagsConfig b = config.bags();
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "seed=" + config.seed(),
            "bags.k=" + b.k(),
            "bags.window=" + b.window(),
            "bags.min-window=" + b.minWindow(),
            "bags.young=" + b.young(),
            "bags.scope=" + b.scope(),
            "bags.min-similarity=" + b.minSimilarity(),
            "bags.near-duplicate=" + b.nearDuplicate(),
            "bags.member=" + b.member(),
            "bags.bytes=" + b.bytes()));
    // without any the lines are those of before there were probes
    if (config.probe().isOn()) {
      lines.add("probe.share=" + config.probe().share());
    }
    return sha256(lines.toArray(String[]::new));
  }

  private static String channels(Channels of) {
    return of.red() + "," + of.green() + "," + of.blue();
  }

  private static String sha256(String... lines) {
    try {
      byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
