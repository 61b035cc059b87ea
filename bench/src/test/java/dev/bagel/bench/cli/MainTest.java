package dev.bagel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "frob",
        "versus no-such-duel",
        "versus gemm --rounds 0",
        "versus gemm --rounds many",
        "versus gemm --json /no/such/folder/duels.json",
        "versus gemm --threads 1,0",
        "guard --json /no/such/folder/guard.json",
        "fresh-starts --jvms 0",
        "fresh-starts --work nothing"
      })
  void wrongUseGetsOneLineAndCodeTwo(String command) {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertEquals(2, Main.run(command.isEmpty() ? new String[0] : command.split(" ")));
    } finally {
      System.setErr(before);
    }
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("bench: ") && text.strip().lines().count() == 1, text);
  }

  @Test
  void aDuelPrintsItsOutcome() {
    assertEquals(0, Main.run("duel", "gemm/64/scalar", "--rounds", "2", "--warm-up", "0"));
  }
}
