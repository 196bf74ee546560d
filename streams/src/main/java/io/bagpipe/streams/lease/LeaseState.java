package io.bagpipe.streams.lease;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * What the log says of a lease.
 *
 * @param beat grows with everything that is written
 * @param holder who wrote it
 * @param sinceMillis when that holder took it, by its own clock; for people
 * @param released the holder has gone, and anyone may take it
 * @param note what the holder leaves to its successor
 */
record LeaseState(long beat, Holder holder, long sinceMillis, boolean released, String note) {

  /** The next word of the same holder. */
  LeaseState next(String newNote, boolean release) {
    return new LeaseState(beat + 1, holder, sinceMillis, release, newNote);
  }

  boolean isOf(Holder who) {
    return holder.session().equals(who.session());
  }

  OffsetAndMetadata written() {
    JsonObject json =
        new JsonObject()
            .put("id", holder.id())
            .put("session", holder.session())
            .put("where", holder.where())
            .put("since", sinceMillis)
            .put("released", released)
            .put("note", note);
    return new OffsetAndMetadata(beat, json.encode());
  }

  /**
   * @throws IllegalStateException when it is none: something else commits in the lease's group
   */
  static LeaseState read(String name, OffsetAndMetadata committed) {
    try {
      JsonObject json = new JsonObject(committed.metadata());
      return new LeaseState(
          committed.offset(),
          new Holder(
              json.getString("id", ""), json.getString("session", ""), json.getString("where", "")),
          json.getLong("since", 0L),
          json.getBoolean("released", false),
          json.getString("note", ""));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalStateException(
          "what consumer group "
              + name
              + " has committed is no lease: delete the group with kafka-consumer-groups.sh while no"
              + " student runs",
          e);
    }
  }
}
