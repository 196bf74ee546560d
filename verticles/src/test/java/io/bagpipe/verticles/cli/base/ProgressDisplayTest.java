package io.bagpipe.verticles.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final StringWriter out = new StringWriter();
  private List<String> lines = List.of("one", "two");

  @Test
  void drawsOverItselfOnATerminal() {
    try (ProgressDisplay display = display(20)) {
      display.tick();
      assertThat(out.toString()).isEqualTo("one\ntwo\n");
      lines = List.of("three, which is too wide for it");
      display.tick();
      assertThat(out.toString()).endsWith("\u001b[2A\r\u001b[Jthree, which is to…\n");
      display.say("stays");
      assertThat(out.toString())
          .endsWith("\u001b[1A\r\u001b[Jstays" + System.lineSeparator() + "three, which is to…\n");
    }
  }

  @Test
  void printsPlainLinesElsewhereTheLastOneIncluded() {
    try (ProgressDisplay display = display(0)) {
      display.tick();
      lines = List.of("done");
    }
    assertThat(out.toString().lines()).containsExactly("one  two", "done");
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void wordsForTime() {
    assertThat(ProgressDisplay.time(Duration.ofMillis(7900))).isEqualTo("7 s");
    assertThat(ProgressDisplay.time(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(ProgressDisplay.time(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
    assertThat(ProgressDisplay.time(Duration.ofHours(76))).isEqualTo("3 d 4 h");
    assertThat(ProgressDisplay.left(250, 1000, Duration.ofSeconds(20))).isEqualTo("1 min 00 s");
    assertThat(ProgressDisplay.left(0, 1000, Duration.ofSeconds(20))).isEqualTo("?");
  }

  @Test
  void bars() {
    assertThat(ProgressDisplay.bar(0, 4)).isEqualTo("[    ]");
    assertThat(ProgressDisplay.bar(0.5, 4)).isEqualTo("[=>  ]");
    assertThat(ProgressDisplay.bar(7, 4)).isEqualTo("[====]");
  }

  private ProgressDisplay display(int columns) {
    return new ProgressDisplay(new Terminal(new PrintWriter(out, true), columns), () -> lines);
  }
}
