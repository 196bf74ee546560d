package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.verticles.stage.Needs;

/** Which of the teacher's embeddings of an image its window keeps, for whoever draws it. */
enum Kept {
  /** None: nobody asks for a member's. */
  NOTHING,
  /** Of the key view. */
  KEY,
  /** Of the query view. */
  QUERY_EMBEDDING;

  static Kept of(Needs needs) {
    return needs.memberKeys() ? KEY : needs.memberQueryEmbeddings() ? QUERY_EMBEDDING : NOTHING;
  }

  /**
   * What a memory keeps for an objective: also what only the anchor itself is asked for.
   *
   * @throws IllegalArgumentException when both are asked for
   */
  static Kept toRehearse(Needs needs) {
    if (needs.keys() && needs.queryEmbeddings()) {
      throw new IllegalArgumentException(
          "rehearsal.share: a memory keeps one embedding of an image, and train.objective asks for"
              + " two; set it to 0");
    }
    return needs.keys() ? KEY : needs.queryEmbeddings() ? QUERY_EMBEDDING : NOTHING;
  }

  /** Gives it back. */
  EmbeddedAnchor.Builder put(EmbeddedAnchor.Builder into, ByteString embedding) {
    return switch (this) {
      case NOTHING -> into;
      case KEY -> into.setKey(embedding);
      case QUERY_EMBEDDING -> into.setQueryEmbedding(embedding);
    };
  }

  /** The embedding, float32; empty where nothing is kept. */
  ByteString of(EmbeddedAnchor anchor) {
    return switch (this) {
      case NOTHING -> ByteString.EMPTY;
      case KEY -> anchor.getKey();
      case QUERY_EMBEDDING -> anchor.getQueryEmbedding();
    };
  }
}
