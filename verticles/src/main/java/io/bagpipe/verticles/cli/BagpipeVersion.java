package io.bagpipe.verticles.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class BagpipeVersion implements IVersionProvider {
  BagpipeVersion() {}

  @Override
  public String[] getVersion() {
    String version = BagpipeVersion.class.getPackage().getImplementationVersion();
    return new String[] {
      "bagpipe " + (version == null ? "(not from a jar)" : version),
      "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
