package io.bagpipe.verticles.cli.base;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
public final class BagpipeVersion implements IVersionProvider {
  public BagpipeVersion() {}

  @Override
  public String[] getVersion() {
    return new String[] {
      "bagpipe " + version(), "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }

  /** The same as one JSON object. */
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", version());
    document.put("java", Runtime.version().toString());
    document.put("os", System.getProperty("os.name"));
    document.put("arch", System.getProperty("os.arch"));
    return document;
  }

  private static String version() {
    String version = BagpipeVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }
}
