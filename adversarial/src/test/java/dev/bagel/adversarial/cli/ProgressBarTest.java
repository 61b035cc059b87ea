package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  private ProgressBar bar(boolean terminal) {
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new ProgressBar(err, () -> terminal, () -> now);
  }

  private String shown() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  private void seconds(double s) {
    now = (long) (s * 1e9);
  }

  @Test
  void nothingIsShownForTwoSeconds() {
    try (ProgressBar bar = bar(true)) {
      for (int i = 0; i < 20; i++) {
        seconds(i * 0.1);
        bar.at(i, 20, "work");
      }
    }
    assertEquals("", shown());
  }

  @Test
  void aTerminalHasABarThatIsClearedAtTheEnd() {
    try (ProgressBar bar = bar(true)) {
      bar.at(0, 100, "work");
      seconds(10);
      bar.at(25, 100, "work");
      assertEquals("\r\u001b[Kwork  [######..................]  25 %  0:10, 0:30 left", shown());
      seconds(10.05);
      bar.at(26, 100, "work");
      assertEquals("", shown(), "not more often than ten times a second");
      seconds(10.11);
      bar.at(27, 100, "work");
      assertTrue(shown().contains("27 %"));
    }
    assertEquals("\r\u001b[K", shown());
  }

  @Test
  void aLogHasALineNowAndThen() {
    try (ProgressBar bar = bar(false)) {
      bar.at(0, 10, "work");
      for (int i = 1; i < 10; i++) {
        seconds(i);
        bar.at(i, 10, "work");
      }
    }
    String nl = System.lineSeparator();
    assertEquals("work: 20 %, 0:02, 0:08 left" + nl + "work: 70 %, 0:07, 0:03 left" + nl, shown());
  }

  @Test
  void timeLeftCountsFromWhereAResumedRunBegan() {
    try (ProgressBar bar = bar(false)) {
      bar.at(50, 100, "work");
      seconds(10);
      bar.at(75, 100, "work");
    }
    assertTrue(shown().contains("75 %, 0:10, 0:10 left"));
  }

  @Test
  void otherWorkBeginsAnew() {
    try (ProgressBar bar = bar(false)) {
      bar.at(0, 10, "first");
      seconds(3);
      bar.at(10, 10, "first");
      assertTrue(shown().startsWith("first: 100 %"));
      bar.at(1, 10, "second");
      seconds(4);
      bar.at(2, 10, "second");
      assertEquals("", shown());
    }
  }

  @Test
  void aLongNameIsCutToTheWidthAndAnUnknownEndHasNoBar() {
    try (ProgressBar bar = bar(true)) {
      bar.at(0, 0, "x".repeat(200));
      seconds(7200);
      bar.at(5000, 0, "x".repeat(200));
    }
    String line = shown().replace("\r\u001b[K", "");
    assertEquals(79, line.length());
    assertTrue(line.endsWith("…  5000  2:00:00"), line);
  }
}
