package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.cli.BagpipeCommand;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train something also print one JSON document and nothing else. */
class JsonResultsIT {
  private static final int IMAGES = 60;

  @TempDir Path dir;

  @Test
  void demo() throws Exception {
    JsonObject result =
        run(
            "demo",
            "--data=" + pictures(),
            "--out=" + dir.resolve("run"),
            "--images=64",
            "--width=4",
            "--set=train.queue=64",
            "--set=http.port=0",
            "--json");

    assertThat(result.getLong("images")).isEqualTo(64);
  }

  @Test
  void benchPipeline() throws Exception {
    JsonObject result = run("bench", "pipeline", "--data=" + pictures(), "--images=1000", "--json");

    assertThat(result.getString("what")).isEqualTo("pipeline");
    assertThat(result.getDouble("images_per_s")).isPositive();
  }

  private Path pictures() throws Exception {
    Path pictures = dir.resolve("pictures");
    for (int i = 0; i < IMAGES; i++) {
      Path file = pictures.resolve("class" + i % 2).resolve(i + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, TestImages.png(i));
    }
    return pictures;
  }

  private static JsonObject run(String... line) throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        BagpipeCommand.execute(
            line, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true));
    assertThat(out.toString()).as(err.toString()).hasLineCount(1);
    JsonObject result = new JsonObject(out.toString());
    // a student of so few images may end worse than untrained, which is then said in both ways
    boolean worse = result.getBoolean("worse_than_untrained", false);
    assertThat(code).as(err.toString()).isEqualTo(worse ? ExitCode.WORSE : ExitCode.OK);
    return result;
  }
}
