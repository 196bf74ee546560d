package io.bagpipe.model.teacher;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;

/**
 * What runs a teacher, and on what. Its answers depend on it by rounding only.
 *
 * @param engine a provider's name, or {@value EngineOptions#AUTO} for the best that can run the
 *     file here
 * @param precision of the arithmetic, as the provider names it; {@value EngineOptions#FLOAT32} in
 *     all of them
 * @param batch the most images in one call, which a GPU runs at once
 */
public record TeacherEngineOptions(String engine, Device device, String precision, int batch) {
  /** Whatever is best here, in float32. */
  public static final TeacherEngineOptions DEFAULT =
      new TeacherEngineOptions(EngineOptions.AUTO, Device.AUTO, EngineOptions.FLOAT32, 64);

  public TeacherEngineOptions {
    if (batch < 1) {
      throw new IllegalArgumentException("teacher batch " + batch + "; valid: 1 or more");
    }
  }

  /** Whether another engine may stand in for one that cannot read the file. */
  boolean free() {
    return engine.equals(EngineOptions.AUTO) && device.kind() == Device.Kind.AUTO;
  }
}
