package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the distribution says of itself: every jar in it has its place in the SBOM and among the
 * licences.
 */
class DistributionIT {
  private static final Pattern COORDINATES =
      Pattern.compile("(?m)^[\\w.-]+:([\\w.-]+):([\\w.-]+)\n {4}(\\S.*)$");

  private static byte[] inJar(String name) throws Exception {
    try (JarFile jar = new JarFile(BagpipeProcess.jar().toFile())) {
      assertThat(jar.getEntry(name)).as(name).isNotNull();
      try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
        return in.readAllBytes();
      }
    }
  }

  /** As their files begin: artifact and version, whatever classifier comes behind. */
  private static Set<String> jars() throws Exception {
    try (Stream<Path> files = Files.list(BagpipeProcess.jar().resolveSibling("lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("bagpipe-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> unlisted(Set<String> listed) throws Exception {
    Set<String> unlisted = jars();
    assertThat(unlisted).hasSizeGreaterThan(100);
    unlisted.removeIf(
        jar ->
            listed.stream()
                .anyMatch(name -> jar.equals(name + ".jar") || jar.startsWith(name + "-")));
    return unlisted;
  }

  @Test
  void theSbomNamesEveryJarWithItsDigest() throws Exception {
    JsonNode sbom = new JsonMapper().readTree(inJar("META-INF/sbom/bagpipe.cdx.json"));

    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(sbom.at("/metadata/component/name").asText()).isEqualTo("bagpipe-verticles");
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : sbom.path("components")) {
      assertThat(component.path("purl").asText()).startsWith("pkg:maven/");
      if (!component.path("group").asText().equals("io.bagpipe")) {
        assertThat(component.path("hashes")).as("%s", component).isNotEmpty();
      }
      listed.add(component.path("name").asText() + "-" + component.path("version").asText());
    }
    assertThat(unlisted(listed)).isEmpty();
  }

  @Test
  void theLicencesNameEveryJar() throws Exception {
    String text = new String(inJar("META-INF/THIRD-PARTY.txt"), StandardCharsets.UTF_8);
    Set<String> listed = new TreeSet<>();
    Matcher each = COORDINATES.matcher(text);
    while (each.find()) {
      assertThat(each.group(3)).doesNotContainIgnoringCase("unknown");
      listed.add(each.group(1) + "-" + each.group(2));
    }
    assertThat(unlisted(listed)).isEmpty();
    assertThat(new String(inJar("META-INF/NOTICE"), StandardCharsets.UTF_8)).contains("Bagpipe");
    assertThat(new String(inJar("META-INF/LICENSE"), StandardCharsets.UTF_8))
        .contains("Apache License");
  }
}
