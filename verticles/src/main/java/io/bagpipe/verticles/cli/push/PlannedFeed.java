package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The images of a source, which it owns, in the order of a plan. */
final class PlannedFeed implements PushFeed {
  private final ImageSource source;
  private final PushPlan plan;
  private long position;

  PlannedFeed(ImageSource source, PushPlan plan) {
    this.source = source;
    this.plan = plan;
  }

  @Override
  public long total() {
    return plan.total();
  }

  @Override
  public String fingerprint() {
    CRC32 ids = new CRC32();
    for (int i = 0; i < source.size(); i++) {
      ids.update(source.id(i).getBytes(StandardCharsets.UTF_8));
      ids.update(0);
    }
    return source.size() + " " + ids.getValue() + " " + plan.order();
  }

  @Override
  public List<String> skipped() {
    return source.skipped();
  }

  @Override
  public @Nullable Item next(BooleanSupplier stop) {
    return atEnd() ? null : new Item(source, plan.image(position++));
  }

  @Override
  public boolean atEnd() {
    return position >= plan.total();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
