package io.bagpipe.verticles.ops.events;

/**
 * Event-bus addresses of the control plane and the messages each of them takes.
 *
 * <p>Keys of images are strings (UTF-8 of the Kafka key; {@code partition-offset} where there was
 * none). A bag, wherever one is answered, is {@code {key, label?, members: [{key, similarity,
 * label?}]}}, best member first.
 */
public final class Addresses {
  /** Published: {@link OpsEvent#toJson()}. Nobody answers. */
  public static final String EVENTS = "bagpipe.events";

  /** {@code {n}} → {@code {bags: [bag]}}: anchors drawn at random from the newest ones. */
  public static final String BAGS_SAMPLE = "bagpipe.bags.sample";

  /** {@code {key}} → bag, or failure code {@link #NOT_FOUND}. */
  public static final String BAGS_GET = "bagpipe.bags.get";

  /**
   * {@code {n}} → {@code {items: [{key, label?, vector}]}}: recent entries of the index; {@code
   * vector} is base64 of little-endian float32, all of one length.
   */
  public static final String INDEX_SAMPLE = "bagpipe.index.sample";

  /** {@code {key}} → {@code Buffer}, the encoded image; failure code {@link #NOT_FOUND}. */
  public static final String IMAGES_GET = "bagpipe.images.get";

  /** {@code {}} → the {@link CheckpointEvent} written, as JSON. */
  public static final String STUDENT_CHECKPOINT = "bagpipe.student.checkpoint";

  /** {@code {}} → the {@link EvaluationEvent} measured, as JSON. */
  public static final String STUDENT_EVALUATE = "bagpipe.student.evaluate";

  /** {@code {bytes}} (base64 of an encoded image) → {@code {embedding: [numbers], anchors}}. */
  public static final String STUDENT_EMBED = "bagpipe.student.embed";

  /**
   * {@code {format: onnx|safetensors}} → {@code {path}}, a file under the runs directory that holds
   * the student that serves, until another does; failure code {@link #NOT_FOUND}.
   */
  public static final String STUDENT_EXPORT = "bagpipe.student.export";

  /**
   * {@code {}} → {@code {serving, students: [student]}}: who serves, and all that the registry
   * knows; {@code {id}} → {@code {student, untrained, before, teacher, card}}: one, with what it is
   * held against, and its model card; failure code {@link #NOT_FOUND}.
   */
  public static final String STUDENT_REGISTRY = "bagpipe.student.registry";

  /**
   * {@code {id, reason, hold}} → {@code {serving, student}}: promotes a student, when the log has
   * it; failure code {@link #UNPROCESSABLE} where that cannot be.
   */
  public static final String STUDENT_PROMOTE = "bagpipe.student.promote";

  /** {@code {reason}} → {@code {serving, student}}: the one before serves again; as to promote. */
  public static final String STUDENT_ROLL_BACK = "bagpipe.student.rollback";

  /** {@code {name}} → the eras, saved: one of this name begins; fails where none may. */
  public static final String STUDENT_ERA = "bagpipe.student.era";

  /** {@code {}} → {@code {state: "paused"}}: the stages stop taking records. */
  public static final String PAUSE = "bagpipe.control.pause";

  /** {@code {}} → {@code {state: "running"}}. */
  public static final String RESUME = "bagpipe.control.resume";

  /** Failure code of a reply: there is no such key. */
  public static final int NOT_FOUND = 404;

  /** Failure code of a reply: the request's content is no good (an image that cannot be read). */
  public static final int UNPROCESSABLE = 422;

  private Addresses() {}
}
