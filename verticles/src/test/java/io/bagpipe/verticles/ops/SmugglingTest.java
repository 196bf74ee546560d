package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a proxy before this service could read as one request and the service as two, or the other
 * way round. However it is read: a connection on which that happened carries no further request.
 */
class SmugglingTest extends OpsFixture {
  private static final String SMUGGLED =
      "POST /api/control/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

  private static final String CHUNKS = "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

  static Stream<Arguments> ambiguous() {
    String post = "POST /api/embed HTTP/1.1\r\nHost: localhost\r\n";
    return Stream.of(
        Arguments.of(
            "CL and TE", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "TE and CL",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 200\r\n\r\n0\r\n\r\n"),
        Arguments.of("two CLs", post + "Content-Length: 0\r\nContent-Length: 87\r\n\r\n"),
        Arguments.of("a list of CLs", post + "Content-Length: 0, 87\r\n\r\n"),
        Arguments.of("CL +0", post + "Content-Length: +0\r\n\r\n"),
        Arguments.of("CL -1", post + "Content-Length: -1\r\n\r\n"),
        Arguments.of("CL 0x0", post + "Content-Length: 0x0\r\n\r\n"),
        Arguments.of("CL is not there", post + "Content-Length:\r\n\r\n"),
        Arguments.of("space before the colon", post + "Content-Length : 87\r\n\r\n"),
        Arguments.of("bare LF in the head", post + "X: y\nContent-Length: 87\r\n\r\n"),
        Arguments.of("bare LF ends the head", post + "Content-Length: 0\n\n"),
        Arguments.of("bare CR in a header", post + "X: y\rContent-Length: 87\r\n\r\n"),
        Arguments.of("NUL in a header", post + "X: \0\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("folded TE", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("folded CL", post + "Content-Length: \r\n 0\r\n\r\n"),
        Arguments.of("TE xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("TE identity", post + "Transfer-Encoding: identity\r\n\r\n"),
        Arguments.of("TE twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "TE in two headers",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
        Arguments.of("TE with a tab", post + "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "TE with a vertical tab", post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "TE of an old client",
            post.replace("1.1", "1.0") + "Connection: keep-alive\r\n" + CHUNKS),
        Arguments.of("chunk of -1", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"),
        Arguments.of("chunk of 0x0", post + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"),
        Arguments.of(
            "chunk of 2^64", post + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n"),
        Arguments.of(
            "bare LF after a chunk's size", post + "Transfer-Encoding: chunked\r\n\r\n0\n\n"),
        Arguments.of(
            "a chunk that ends elsewhere",
            post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc0\r\n\r\n"),
        Arguments.of(
            "a space before the first header",
            "POST /api/embed HTTP/1.1\r\n X: y\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("a header without a colon", post + "Content-Length 87\r\n\r\n"),
        Arguments.of(
            "a body that nobody asked for",
            post.replace("POST /api/embed", "GET /api/nothing")
                + "Content-Length: 5\r\n"
                + CHUNKS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void nothingIsServedBehindAnAmbiguousRequest(String how, String request) throws Exception {
    startWithStages();

    String replies = raw(request + SMUGGLED);

    assertThat(replies).as("%s", replies).matches("(?s)(HTTP/1\\.[01] [45]\\d\\d .*)?");
    assertThat(replies.split("HTTP/1\\.[01] \\d\\d\\d ", -1)).as("%s", replies).hasSizeLessThan(3);
    assertThat(replies).doesNotContain("paused", "\tat ");
    assertThat(json("/api/status").encode()).doesNotContain("\"condition\":\"paused\"");
  }

  @Test
  void whatIsNotAmbiguousIsServedInTurn() throws Exception {
    startWithStages();

    String replies =
        raw(
            "POST /api/embed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
                + SMUGGLED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));

    assertThat(replies).startsWith("HTTP/1.1 415").contains("HTTP/1.1 200").contains("paused");
  }
}
