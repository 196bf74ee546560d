package io.bagpipe.verticles.service;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** How this program makes Vert.x. */
public final class QuietVertx {
  private QuietVertx() {}

  /**
   * Without a cache of files out of jars: nothing here is served or read that way, and each process
   * that was killed would leave its directory in the machine's temporary one, for ever. The caller
   * closes it.
   */
  public static Vertx create() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(false)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false)));
  }
}
