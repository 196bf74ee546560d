package io.bagpipe.model.objective;

/**
 * What an objective may ask of an anchor; the stages before the student make what is asked for and
 * nothing else. "Embedding" is what the teacher's projection head says, a unit vector.
 */
public enum Ingredient {
  /** The anchor's query view, augmented for the student. */
  QUERY_VIEW(Kind.PIXELS),
  /** The anchor's key view itself, augmented independently of the query view. */
  KEY_VIEW(Kind.PIXELS),
  /** A fresh view of a member of the anchor's bag. */
  MEMBER_VIEW(Kind.PIXELS),
  /** The query view that the bag's member had when it was an anchor. */
  MEMBER_QUERY_VIEW(Kind.PIXELS),
  /** The teacher's embedding of the query view: of the very pixels that the student sees. */
  QUERY_EMBEDDING(Kind.VECTOR),
  /** The teacher's embedding of the anchor's key view, augmented independently of the query's. */
  KEY_EMBEDDING(Kind.VECTOR),
  /** The teacher's embedding of the key view of the bag's member, made when it was an anchor. */
  MEMBER_EMBEDDING(Kind.VECTOR),
  /** The teacher's embedding of {@link #MEMBER_QUERY_VIEW}: of the very pixels. */
  MEMBER_QUERY_EMBEDDING(Kind.VECTOR);

  /** What it is made of. */
  public enum Kind {
    /** uint8 [size, size, 3] RGB an anchor. */
    PIXELS,
    /** float32 [embedding] an anchor, of unit length. */
    VECTOR
  }

  private final Kind kind;

  Ingredient(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
