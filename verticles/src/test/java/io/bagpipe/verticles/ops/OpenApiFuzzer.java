package io.bagpipe.verticles.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks for every operation that {@code openapi.yaml} describes, in ways that nobody meant: with and
 * without the token, with values of wrong types and of any length, bodies that are not what they
 * say, that come slowly or not to their end. Everything is drawn from the seed. What is wrong with
 * an answer is collected, one line a case. Not thread-safe.
 */
public final class OpenApiFuzzer {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
  private static final Pattern LENGTH =
      Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n(?:.+\r\n)*\r\n");
  private static final Set<Integer> BY_THE_SERVER_ITSELF = Set.of(400, 413, 414, 431, 501, 505);
  private static final String GO_ON = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final int ANSWER_MILLIS = 5_000;

  private record Operation(String method, String path, JsonNode described) {
    boolean open() {
      return described.has("security") && described.get("security").isEmpty();
    }

    boolean documents(int status) {
      JsonNode responses = described.get("responses");
      return responses.has(Integer.toString(status)) || (status < 500 && responses.has("default"));
    }
  }

  /** What is sent, and what of it makes certain answers right. */
  private record Case(byte[] bytes, boolean admitted, boolean whole, boolean wellFormed) {}

  private final int port;
  private final String token;
  private final Random random;
  private final byte[] image;
  private final List<Operation> operations = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Set<String> seen = new TreeSet<>();
  private int asked;

  /**
   * @param token that the service wants; null: none
   * @param image that it can read
   */
  public OpenApiFuzzer(int port, String token, long seed, byte[] image) throws IOException {
    this.port = port;
    this.token = token;
    this.random = new Random(seed);
    this.image = image;
    try (InputStream in = OpenApiFuzzer.class.getResourceAsStream("openapi.yaml")) {
      for (var path : new YAMLMapper().readTree(in).get("paths").properties()) {
        for (var operation : path.getValue().properties()) {
          String method = operation.getKey().toUpperCase(Locale.ROOT);
          operations.add(new Operation(method, path.getKey(), operation.getValue()));
        }
      }
    }
  }

  /** Asks so often for each operation. */
  public void ask(int rounds) throws IOException {
    for (int round = 0; round < rounds; round++) {
      for (Operation operation : operations) {
        one(operation);
      }
    }
  }

  /** What was wrong, with what was sent. */
  public List<String> faults() {
    return faults;
  }

  /** Operations and the statuses that they were seen to answer with. */
  public Set<String> seen() {
    return seen;
  }

  public int asked() {
    return asked;
  }

  private void one(Operation operation) throws IOException {
    Case sent = draw(operation);
    asked++;
    String answer = exchange(sent);
    Matcher line = STATUS.matcher(answer);
    if (!line.lookingAt()) {
      if (sent.whole() && sent.wellFormed()) {
        fault(operation, sent, "no answer: " + brief(answer));
      }
      return;
    }
    int status = Integer.parseInt(line.group(1));
    seen.add(operation.method() + " " + operation.path() + " " + status);
    if (!operation.documents(status)) {
      fault(operation, sent, "an undocumented " + status + ": " + brief(answer));
    }
    if (status < 400 && !sent.admitted() && !operation.open()) {
      fault(operation, sent, "admitted without the token: " + status);
    }
    if (status >= 400 && (answer.contains("\tat ") || answer.contains("Exception"))) {
      fault(operation, sent, "says how it is made: " + brief(answer));
    }
    boolean ours = sent.wellFormed() || !BY_THE_SERVER_ITSELF.contains(status);
    if (ours && !answer.toLowerCase(Locale.ROOT).contains("x-content-type-options: nosniff")) {
      fault(operation, sent, status + " without the security headers");
    }
    if (ours && status >= 400 && !answer.contains("\"error\":{\"status\":" + status)) {
      if (!answer.contains("text/html") && !answer.contains("\"checks\"") && !sentHead(sent)) {
        fault(operation, sent, status + " is no JSON error: " + brief(answer));
      }
    }
  }

  private static boolean sentHead(Case sent) {
    return sent.bytes()[0] == 'H';
  }

  private void fault(Operation operation, Case sent, String what) {
    faults.add(
        "%s %s: %s%n    %s"
            .formatted(
                operation.method(),
                operation.path(),
                what,
                brief(new String(sent.bytes(), StandardCharsets.ISO_8859_1))));
  }

  private static String brief(String text) {
    String line = text.replace("\r", "\\r").replace("\n", "\\n");
    return line.length() <= 600 ? line : line.substring(0, 600) + "…";
  }

  /** Sends, in one piece or several, and reads what comes, of an endless answer the beginning. */
  private String exchange(Case sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.setTcpNoDelay(true);
      byte[] bytes = sent.bytes();
      int cut = one(4) ? random.nextInt(bytes.length) : bytes.length;
      socket.getOutputStream().write(bytes, 0, cut);
      socket.getOutputStream().flush();
      if (cut < bytes.length) {
        socket.getOutputStream().write(bytes, cut, bytes.length - cut);
      }
      if (!sent.whole()) {
        return one(10) ? untilEnough(socket) : ""; // most are gone before an answer
      }
      return untilEnough(socket);
    } catch (SocketException e) {
      return "";
    }
  }

  private String untilEnough(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] some = new byte[8192];
    try {
      for (int n = socket.getInputStream().read(some);
          n >= 0 && answer.indexOf("retry: 2000") < 0 && !complete(answer);
          n = socket.getInputStream().read(some)) {
        answer.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
        if (answer.indexOf(GO_ON) == 0) {
          answer.delete(0, GO_ON.length()); // the answer itself may have come with it
        }
      }
    } catch (SocketTimeoutException e) {
      return "nothing for " + ANSWER_MILLIS + " ms after " + answer;
    } catch (SocketException e) {
      return answer.toString(); // the end of a connection on which too much was sent
    }
    return answer.toString();
  }

  /** As long as its head says; a connection on which a body was cut lingers for half a second. */
  private static boolean complete(CharSequence answer) {
    Matcher length = LENGTH.matcher(answer);
    return length.find() && answer.length() - length.end() >= Integer.parseInt(length.group(1));
  }

  private boolean one(int in) {
    return random.nextInt(in) == 0;
  }

  @SafeVarargs
  private <T> T any(T... of) {
    return of[random.nextInt(of.length)];
  }

  private String strange() {
    return any(
        "",
        "-1",
        "0",
        "7",
        "1e9",
        "99999999999999999999",
        "NaN",
        "null",
        "true",
        "%",
        "%zz",
        "%00",
        "%C3%28",
        "%F0%9F%8E%B7",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "a%0d%0aSet-Cookie:%20x=y",
        "'%20OR%201=1--",
        "<script>",
        "${jndi:ldap://x}",
        "[]",
        "{\"a\":1}",
        "x".repeat(random.nextInt(6000)),
        "a,b,step,,evaluation",
        "onnx",
        "img-1");
  }

  private Case draw(Operation operation) {
    boolean wellFormed = true;
    String method =
        one(12) ? any("HEAD", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS") : operation.method();
    String path = operation.path().replace("{key}", one(3) ? "img-1" : strange());
    StringBuilder query = new StringBuilder();
    for (JsonNode parameter : operation.described().path("parameters")) {
      for (int times = random.nextInt(3); times > 0; times--) {
        String name = parameter.path("name").asText("x");
        query.append(query.isEmpty() ? '?' : '&').append(name).append('=').append(strange());
      }
    }
    if (one(8)) {
      query.append(query.isEmpty() ? '?' : '&').append(strange());
    }
    String target = path + query;
    if (target.matches(".*[\\s<>{}\"|\\\\^`\\[\\]].*") || target.length() > 4000) {
      wellFormed = false;
    }
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: close\r\n");
    boolean admitted = token == null || one(2);
    if (token != null) {
      head.append(admitted ? "Authorization: Bearer " + token + "\r\n" : wrongToken());
    }
    if (one(10)) {
      head.append("X: ").append("y".repeat(random.nextInt(20_000))).append("\r\n");
      wellFormed = false;
    }
    if (one(6)) {
      head.append(
          any(
              "Accept: image/x-nothing\r\n",
              "Accept: ;;;q=a\r\n",
              "Range: bytes=-1\r\n",
              "If-None-Match: *\r\n",
              "Cookie: " + strange() + "\r\n",
              "Cookie: a=b; a; =; \"\r\n",
              "X-HTTP-Method-Override: DELETE\r\n",
              "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n",
              "Content-Encoding: gzip\r\n",
              "Accept-Language: *;q=9\r\n",
              "Origin: http://localhost\r\n"));
      wellFormed = false;
    }
    return body(operation, head, admitted, wellFormed);
  }

  private String wrongToken() {
    return any(
        "",
        "Authorization: Bearer " + token.substring(1) + "\r\n",
        "Authorization: Basic eDp5\r\n",
        "Authorization: \r\n",
        "Authorization: Bearer \u00e9\u00ff\r\n",
        "Cookie: bagpipe_session=" + token + "\r\n");
  }

  private Case body(Operation operation, StringBuilder head, boolean admitted, boolean fine) {
    boolean whole = true;
    boolean wellFormed = fine;
    byte[] body = new byte[0];
    if (operation.described().has("requestBody") || one(6)) {
      body = content();
      if (!one(5)) {
        head.append("Content-Type: ")
            .append(
                any(
                    "image/png",
                    "application/json",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=B",
                    "multipart/form-data",
                    "multipart/mixed; boundary=\"",
                    "multipart/form-data; boundary=" + "b".repeat(random.nextInt(300)),
                    "text/html; charset=nothing",
                    ";",
                    strange()))
            .append("\r\n");
        wellFormed = false;
      }
    }
    if (one(7)) {
      head.append("Transfer-Encoding: chunked\r\n\r\n");
      head.append(Integer.toHexString(body.length)).append("\r\n");
      head.append(new String(body, StandardCharsets.ISO_8859_1)).append("\r\n");
      whole = body.length == 0 || one(2);
      head.append(whole && body.length > 0 ? "0\r\n\r\n" : body.length == 0 ? "\r\n" : "");
      body = new byte[0];
    } else if (body.length > 0 || operation.method().equals("POST")) {
      int more = one(6) ? 1 + random.nextInt(100_000_000) : 0;
      whole = more == 0;
      if (one(8)) {
        head.append("Expect: 100-continue\r\n");
      }
      head.append("Content-Length: ").append((long) body.length + more).append("\r\n\r\n");
    } else {
      head.append("\r\n");
    }
    byte[] before = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = java.util.Arrays.copyOf(before, before.length + body.length);
    System.arraycopy(body, 0, bytes, before.length, body.length);
    return new Case(bytes, admitted, whole, wellFormed);
  }

  private byte[] content() {
    byte[] noise = new byte[random.nextInt(3000)];
    random.nextBytes(noise);
    String picture = new String(image, StandardCharsets.ISO_8859_1);
    String part = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"";
    return any(
        noise,
        image,
        new byte[0],
        java.util.Arrays.copyOf(image, image.length / 2),
        text("token=" + strange() + "&token=" + strange()),
        text("token=" + token),
        text("[".repeat(random.nextInt(3000))),
        text(part + strange() + "\"\r\n\r\n" + picture + "\r\n--B--\r\n"),
        text(part + "a.png\"\r\n\r\n" + picture),
        text((part + "x\"\r\n\r\nx\r\n").repeat(random.nextInt(40)) + "--B--\r\n"),
        text("--B\r\n\r\n\r\n--B--"),
        text("--B\r\nContent-Disposition: form-data\r\n\r\n" + strange() + "\r\n--B--\r\n"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
