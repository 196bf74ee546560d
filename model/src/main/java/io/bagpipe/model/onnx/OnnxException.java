package io.bagpipe.model.onnx;

/** An ONNX file, or a node in it, that cannot be read: one line that names it. */
public final class OnnxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OnnxException(String message) {
    super(message);
  }

  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
