package io.bagpipe.model.checkpoint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a run remember, each under its own name, in the order in which they are
 * written.
 *
 * @param all no two of a name
 */
public record Components(List<Component> all) {
  /** The component that every checkpoint has: the student's network, under torchvision's names. */
  public static final String MODEL = "model";

  /** The component with the trainer's own counts, {@code step} and {@code anchors}. */
  public static final String TRAINER = "trainer";

  /** The component with the eras of the stream; only where images are held out. */
  public static final String ERAS = "eras";

  public Components {
    all = List.copyOf(all);
    Set<String> names = new HashSet<>();
    for (Component component : all) {
      if (!names.add(component.name())) {
        throw new IllegalArgumentException("two components named " + component.name());
      }
    }
  }

  public static Components of(Component... components) {
    return new Components(List.of(components));
  }

  /** With one more. */
  public Components and(Component more) {
    List<Component> joined = new ArrayList<>(all);
    joined.add(more);
    return new Components(joined);
  }

  /** The component of this name, or null. */
  public @Nullable Component find(String name) {
    for (Component component : all) {
      if (component.name().equals(name)) {
        return component;
      }
    }
    return null;
  }

  /**
   * The component of this name.
   *
   * @throws CheckpointException if there is none
   */
  public Component get(String name) {
    Component component = find(name);
    if (component == null) {
      throw new CheckpointException("it lacks the component " + name);
    }
    return component;
  }

  /**
   * Refuses what nobody here would go on from: a part that is forgotten silently is a run that goes
   * on as another.
   *
   * @throws CheckpointException if there is a component of another name
   */
  public void requireOnly(Set<String> known) {
    for (Component component : all) {
      if (!known.contains(component.name())) {
        throw new CheckpointException(
            "it holds the component "
                + component.name()
                + (component.kind().isEmpty() ? "" : " (" + component.kind() + ")")
                + ", which this program does not know; known: "
                + known.stream().sorted().collect(Collectors.joining(", ")));
      }
    }
  }
}
