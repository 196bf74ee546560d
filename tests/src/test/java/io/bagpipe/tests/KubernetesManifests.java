package io.bagpipe.tests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Manifests read as the types of Kubernetes' API, more strictly than a cluster need: a field that
 * its type does not have, a repeated field and a value of another type are errors.
 */
final class KubernetesManifests {
  static final Path ROOT = Path.of("..", "docker", "kubernetes");

  /** By API version and kind. */
  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.of(
          "v1/ConfigMap", ConfigMap.class,
          "v1/Secret", Secret.class,
          "v1/Service", Service.class,
          "apps/v1/Deployment", Deployment.class,
          "apps/v1/StatefulSet", StatefulSet.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class);

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(new WithoutCatchAll())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** The model's types collect what they do not know; here they have no place for it. */
  private static final class WithoutCatchAll extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }

  private KubernetesManifests() {}

  /** Every manifest under {@link #ROOT}; kustomizations are no objects of the API. */
  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted()
          .toList();
    }
  }

  /** The objects of a file's text. */
  static List<HasMetadata> parse(String text) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    try (YAMLParser parser = YAML.getFactory().createParser(text);
        var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser)) {
      while (documents.hasNextValue()) {
        objects.add(object(documents.nextValue()));
      }
    }
    return objects;
  }

  private static HasMetadata object(JsonNode document) throws JsonProcessingException {
    String type = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
    Class<? extends HasMetadata> known = TYPES.get(type);
    if (known == null) {
      throw new IllegalArgumentException(type + " is none of " + TYPES.keySet());
    }
    return STRICT.treeToValue(document, known);
  }

  /** All objects that {@code base} makes. */
  static List<HasMetadata> base() throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    for (JsonNode resource : kustomization("base").get("resources")) {
      objects.addAll(parse(Files.readString(ROOT.resolve("base").resolve(resource.asText()))));
    }
    return objects;
  }

  static JsonNode kustomization(String folder) throws IOException {
    return YAML.readTree(ROOT.resolve(folder).resolve("kustomization.yaml").toFile());
  }

  static <T extends HasMetadata> List<T> of(Class<T> type, List<HasMetadata> objects) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** What a Deployment or StatefulSet runs; null for anything else. */
  static PodTemplateSpec template(HasMetadata object) {
    if (object instanceof Deployment deployment) {
      return deployment.getSpec().getTemplate();
    }
    return object instanceof StatefulSet set ? set.getSpec().getTemplate() : null;
  }
}
