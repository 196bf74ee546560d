package io.bagpipe.verticles.ops.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which methods a path takes: what a 405 must say in its header {@code Allow}. */
final class AllowedMethods {
  private final Map<Pattern, Set<String>> byPath = new LinkedHashMap<>();

  AllowedMethods(Router router) {
    for (Route route : router.getRoutes()) {
      String path = route.getPath();
      Set<HttpMethod> methods = route.methods();
      if (path != null && methods != null) {
        Set<String> names = new TreeSet<>();
        methods.forEach(method -> names.add(method.name()));
        byPath.put(Pattern.compile(path.replace(".", "\\.").replaceAll(":\\w+", "[^/]+")), names);
      }
    }
  }

  /** As the header has them; empty for a path that takes none. */
  String of(String path) {
    Set<String> allowed = new TreeSet<>();
    byPath.forEach(
        (pattern, methods) -> {
          if (pattern.matcher(path).matches()) {
            allowed.addAll(methods);
          }
        });
    return String.join(", ", allowed);
  }
}
