package io.bagpipe.verticles.stage;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.stage.Lineage.Part;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A record was made with another configuration than this process has. The stage stops before it:
 * nothing of it was used, and it is there for the next start.
 */
public final class OtherMakerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private OtherMakerException(String message) {
    super(message);
  }

  static OtherMakerException refused(
      InputRecord record, Lineage found, Lineage own, Set<Part> differing) {
    return new OtherMakerException(
        what(record, found, own, differing)
            + ". Nothing is lost. Give all processes of the service one configuration; or, when it was"
            + " changed on purpose, start with service.on-other-maker=accept until what the former one"
            + " made is used up");
  }

  static OtherMakerException unusable(
      InputRecord record, Lineage found, Lineage own, Set<Part> differing, String why) {
    return new OtherMakerException(
        what(record, found, own, differing)
            + ", and cannot be accepted: "
            + why
            + ". Nothing is lost. Let the former configuration finish what it made, then change it");
  }

  private static String what(InputRecord record, Lineage found, Lineage own, Set<Part> differing) {
    return "topic %s, partition %d, offset %d was made with another configuration: %s"
        .formatted(
            record.topic(),
            record.partition(),
            record.offset(),
            differing.stream()
                .map(
                    part ->
                        "%s (%s there, %s here)"
                            .formatted(part.keys(), found.brief(part), own.brief(part)))
                .collect(Collectors.joining("; ")));
  }
}
