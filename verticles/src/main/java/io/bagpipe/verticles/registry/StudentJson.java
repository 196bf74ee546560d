package io.bagpipe.verticles.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Records as JSON. */
public final class StudentJson {
  /** As the HTTP API says it: {@code savedAt}. */
  public static final StudentJson API = new StudentJson(mapper().build());

  /** As commands print it and files hold it: {@code saved_at}. */
  public static final StudentJson FILE =
      new StudentJson(mapper().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build());

  private final JsonMapper json;

  private StudentJson(JsonMapper json) {
    this.json = json;
  }

  private static JsonMapper.Builder mapper() {
    return JsonMapper.builder()
        .serializationInclusion(JsonInclude.Include.ALWAYS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(MapperFeature.AUTO_DETECT_IS_GETTERS);
  }

  /** One line. */
  public String text(Dossier dossier) throws JsonProcessingException {
    return json.writeValueAsString(dossier);
  }

  /** A record as maps, lists and numbers. */
  public Map<String, Object> document(StudentRecord one) {
    return json.convertValue(one, new TypeReference<Map<String, Object>>() {});
  }

  /** As {@link #document(StudentRecord)}. */
  public Map<String, Object> document(Dossier dossier) {
    return json.convertValue(dossier, new TypeReference<Map<String, Object>>() {});
  }

  /** Reads what {@link #text} wrote. */
  public Dossier read(Path file) throws IOException {
    return json.readValue(Files.readString(file), Dossier.class);
  }
}
