package io.bagpipe.verticles.cli.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.data.ImageSources;
import io.bagpipe.streams.reference.FetchRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceOutletTest {
  @Test
  void anImageIsBelowTheBeginningUnderItsId() throws Exception {
    assertThat(ReferenceOutlet.uri("s3://photos/2026", "cat/a b+ü.png"))
        .isEqualTo("s3://photos/2026/cat/a%20b%2B%C3%BC.png");
    assertThat(ReferenceOutlet.uri("https://a.example/", "./x.png"))
        .isEqualTo("https://a.example/x.png");
    assertThat(ReferenceOutlet.uri("file:///", "/data/x.png")).isEqualTo("file:///data/x.png");
    assertThatThrownBy(() -> ReferenceOutlet.uri("file:///data", "../x.png"))
        .isInstanceOf(FetchRefusedException.class);
  }

  @Test
  void imagesAreNamedAndNotRead(@TempDir Path directory) throws Exception {
    Path picture = Files.createDirectories(directory.resolve("cat")).resolve("a.png");
    Files.write(picture, new byte[] {1, 2, 3});
    PushFeed planned =
        new PlannedFeed(ImageSources.open(directory), new PushPlan(1, 1, false, 1, 0));
    try (PushFeed feed = new NamedOnly(planned)) {
      Files.delete(picture);

      PushFeed.Item item = feed.next(() -> false);

      assertThat(item.id()).isEqualTo("cat/a.png");
      assertThat(item.source().label(item.index())).isEqualTo("cat");
      assertThat(item.source().read(item.index())).isEmpty();
      assertThat(feed.total()).isEqualTo(1);
      assertThat(feed.next(() -> false)).isNull();
      assertThat(feed.atEnd()).isTrue();
    }
  }
}
