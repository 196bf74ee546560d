package io.bagpipe.model.doctor;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.StudentEngineProvider;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.teacher.TeacherEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which engines could compute a student or run a teacher here, and on what; loads none. */
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

  /** The same of a teacher's. */
  static Finding teachers() {
    return Finding.good(
        "teacher engines",
        TeacherEngines.providers().stream()
                .map(p -> described(p.name(), p::obstacle, p::precisions))
                .collect(Collectors.joining("; "))
            + " (no GPU has run a teacher yet)");
  }

  private static String described(StudentEngineProvider provider) {
    return described(provider.name(), provider::obstacle, provider::precisions);
  }

  private static String described(
      String name,
      Function<Device, Optional<String>> obstacles,
      Function<Device, List<String>> precisions) {
    List<String> places = new ArrayList<>();
    String why = "";
    for (Device device : DEVICES) {
      Optional<String> obstacle = obstacles.apply(device);
      if (obstacle.isEmpty()) {
        places.add(device + " in " + String.join(", ", precisions.apply(device)));
      } else if (why.isEmpty()) {
        why = obstacle.get();
      }
    }
    return name + (places.isEmpty() ? " cannot: " + why : " on " + String.join(" and on ", places));
  }
}
