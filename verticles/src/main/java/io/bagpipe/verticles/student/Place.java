package io.bagpipe.verticles.student;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A directory's own id, by which it is known again whatever it is called and wherever mounted. */
final class Place {
  private static final String FILE = ".id";

  private Place() {}

  /** The id; made when the directory has none. Both are made when missing. */
  static String idOf(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      String id = Files.readString(file).strip();
      if (!id.isEmpty()) {
        return id;
      }
    }
    String made = UUID.randomUUID().toString();
    Path aside = directory.resolve(FILE + ".new");
    Files.writeString(aside, made + "\n");
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return made;
  }
}
