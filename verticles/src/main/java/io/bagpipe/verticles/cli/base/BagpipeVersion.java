package io.bagpipe.verticles.cli.base;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
public final class BagpipeVersion implements IVersionProvider {
  public BagpipeVersion() {}

  @Override
  public String[] getVersion() {
    String version = BagpipeVersion.class.getPackage().getImplementationVersion();
    return new String[] {
      "bagpipe " + (version == null ? "(not from a jar)" : version),
      "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
