package io.bagpipe.verticles.ops.http;

/** A request cannot be served; the client is told this, and nothing else. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * @param status of the HTTP answer
   * @param code for machines, snake_case
   * @param message for people, one line
   */
  ApiException(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String text() {
    String message = getMessage();
    return message == null ? code : message;
  }
}
