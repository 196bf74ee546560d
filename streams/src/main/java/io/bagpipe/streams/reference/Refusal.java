package io.bagpipe.streams.reference;

/** Why a reference is no good, for good; the name is the dead letter's error class. */
public enum Refusal {
  /** No URI that is taken at all: scheme, user information, dots in the path, … */
  BAD_REFERENCE,
  /** The allow-list does not name it, or its address is in a network that is not permitted. */
  NOT_ALLOWED,
  /** 404, 410, no such file. */
  NOT_FOUND,
  /** 401, 403, a file that may not be read. */
  FORBIDDEN,
  /** Larger than an image may be. */
  TOO_MANY_BYTES,
  /** Not the version that the record names. */
  CHANGED,
  /** Any other answer that is none, such as too many redirects. */
  REFUSED,
  /** For longer than one is patient with it. */
  UNREACHABLE
}
