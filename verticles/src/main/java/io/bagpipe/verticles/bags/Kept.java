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

  /** The embedding, float32; empty where nothing is kept. */
  ByteString of(EmbeddedAnchor anchor) {
    return switch (this) {
      case NOTHING -> ByteString.EMPTY;
      case KEY -> anchor.getKey();
      case QUERY_EMBEDDING -> anchor.getQueryEmbedding();
    };
  }
}
