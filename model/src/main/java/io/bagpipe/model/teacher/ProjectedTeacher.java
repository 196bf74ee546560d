package io.bagpipe.model.teacher;

/**
 * A teacher whose embedding is a fixed projection of its features, whatever other outputs it has.
 * Closes the teacher it stands on.
 */
public final class ProjectedTeacher implements TeacherEncoder {
  private final TeacherEncoder teacher;
  private final Projection projection;

  /**
   * @param projection of as many features as the teacher gives
   */
  public ProjectedTeacher(TeacherEncoder teacher, Projection projection) {
    this.teacher = teacher;
    this.projection = projection;
  }

  @Override
  public int inputSize() {
    return teacher.inputSize();
  }

  @Override
  public int featureDimension() {
    return teacher.featureDimension();
  }

  @Override
  public int embeddingDimension() {
    return projection.values();
  }

  @Override
  public UnitRows features(byte[] views, int count) {
    return teacher.features(views, count);
  }

  @Override
  public UnitRows embeddings(byte[] views, int count) {
    return projection.apply(teacher.features(views, count), count);
  }

  @Override
  public String toString() {
    return teacher.toString();
  }

  @Override
  public void close() {
    teacher.close();
  }
}
