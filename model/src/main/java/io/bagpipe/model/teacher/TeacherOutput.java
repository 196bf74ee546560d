package io.bagpipe.model.teacher;

/**
 * What the teacher says of a batch.
 *
 * @param features [count, featureDimension] unit rows, of the index views
 * @param embeddings [count, embeddingDimension] unit rows, of the key views
 */
public record TeacherOutput(float[] features, float[] embeddings) {}
