package io.bagpipe.verticles.config;

/** A stage that a process can run. */
public enum Role {
  AUGMENT,
  TEACHER,
  BAGS,
  STUDENT,
  OPS
}
