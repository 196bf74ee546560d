package io.bagpipe.model.objective;

/**
 * The mean cosine of matching rows, or of matching columns, of two matrices, with its gradient by
 * the first. Neither matrix is normalised before. A row or column that is shorter than 1e-12 in
 * either matrix counts 0 and has no gradient.
 *
 * @param value of the mean, [-1, 1]
 * @param gradient [rows, columns] of the value by the first matrix
 */
public record Cosine(double value, double[] gradient) {
  private static final double SHORTEST = 1e-12;

  /** Of rows: how alike each student vector and its teacher's are (CoSS: feature similarity). */
  public static Cosine ofRows(float[] student, float[] teacher, int columns) {
    return of(student, teacher, new Lines(student.length / columns, columns, columns, 1));
  }

  /**
   * Of columns, each a value's course over the batch (CoSS: space similarity). Of one row every
   * cosine is 1 or -1, and nothing pulls.
   */
  public static Cosine ofColumns(float[] student, float[] teacher, int columns) {
    return of(student, teacher, new Lines(columns, student.length / columns, 1, columns));
  }

  /** How lines lie: so many, each of so many values, a line and a value so far apart. */
  private record Lines(int count, int values, int line, int step) {}

  private static Cosine of(float[] student, float[] teacher, Lines lines) {
    if (student.length == 0
        || student.length != teacher.length
        || student.length != lines.count() * lines.values()) {
      throw new IllegalArgumentException(
          "matrices of "
              + student.length
              + " and "
              + teacher.length
              + " values; valid: as many whole rows in each");
    }
    double[] gradient = new double[student.length];
    double sum = 0;
    for (int line = 0; line < lines.count(); line++) {
      int from = line * lines.line();
      double product = 0;
      double squares = 0;
      double teacherSquares = 0;
      for (int k = 0; k < lines.values(); k++) {
        int i = from + k * lines.step();
        product += (double) student[i] * teacher[i];
        squares += (double) student[i] * student[i];
        teacherSquares += (double) teacher[i] * teacher[i];
      }
      double length = Math.sqrt(squares);
      double teacherLength = Math.sqrt(teacherSquares);
      if (length < SHORTEST || teacherLength < SHORTEST) {
        continue;
      }
      double cosine = product / (length * teacherLength);
      sum += cosine;
      for (int k = 0; k < lines.values(); k++) {
        int i = from + k * lines.step();
        gradient[i] =
            (teacher[i] / teacherLength - cosine * student[i] / length) / (length * lines.count());
      }
    }
    return new Cosine(sum / lines.count(), gradient);
  }
}
