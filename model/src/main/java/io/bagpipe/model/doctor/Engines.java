package io.bagpipe.model.doctor;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.StudentEngineProvider;
import io.bagpipe.model.engine.StudentEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which engines could compute a student here, and on what; loads none. */
final class Engines {
  private static final List<Device> DEVICES = List.of(Device.CPU, Device.of("cuda"));

  private Engines() {}

  static Finding finding() {
    return finding(StudentEngines.providers());
  }

  static Finding finding(List<StudentEngineProvider> providers) {
    return Finding.good(
        "engines",
        providers.stream().map(Engines::described).collect(Collectors.joining("; "))
            + " (no GPU has run torch yet)");
  }

  private static String described(StudentEngineProvider provider) {
    List<String> places = new ArrayList<>();
    String why = "";
    for (Device device : DEVICES) {
      Optional<String> obstacle = provider.obstacle(device);
      if (obstacle.isEmpty()) {
        String precisions = String.join(", ", provider.precisions(device));
        places.add(device + " in " + precisions);
      } else if (why.isEmpty()) {
        why = obstacle.get();
      }
    }
    return provider.name()
        + (places.isEmpty() ? " cannot: " + why : " on " + String.join(" and on ", places));
  }
}
