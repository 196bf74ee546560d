package io.bagpipe.verticles.experiment;

import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A digest of what a student's figures depend on; what changes speed only has no part in it. */
public final class Fingerprint {
  private Fingerprint() {}

  /**
   * @param teacherSha256 of the teacher's file
   * @param more what else counts, such as the images
   */
  public static String of(BagpipeConfig config, String teacherSha256, Object... more) {
    var train = config.train();
    var eval = config.eval();
    List<Object> all =
        new ArrayList<>(
            List.of(
                Recipe.of(config, new Settings(config).needs(), teacherSha256).all().text(),
                config.seed(),
                config.views().mean(),
                config.views().std(),
                config.student(),
                config.rehearsal(),
                train.objective(),
                train.batch(),
                train.optimiser(),
                train.queue(),
                train.temperature(),
                train.horizonImages(),
                train.warmupImages(),
                List.of(eval.bank(), eval.queries(), eval.k(), eval.temperature())));
    all.addAll(List.of(more));
    return sha256(String.join("\n", all.stream().map(String::valueOf).toList()));
  }

  private static String sha256(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
