package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class JsonTest {
  @Test
  void whatIsNoNumberIsNullAndOrderStays() {
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("z", new double[] {1.5, Double.NaN, Double.NEGATIVE_INFINITY});
    d.put("a", Arrays.asList(Float.NaN, null, true, "ε"));
    d.put("m", Map.of("i", 1L));
    d.put("p", Path.of("x", "y").getFileName()); // a path is a list of its parts, too
    assertEquals(
        "{\"z\":[1.5,null,null],\"a\":[null,null,true,\"ε\"],\"m\":{\"i\":1},\"p\":\"y\"}",
        Json.text(d).replaceAll("\\s", ""));
  }

  @Test
  void fractionsAreNumbers() {
    Fraction fraction = new Fraction();
    assertEquals(8 / 255.0, fraction.convert("8/255"));
    assertEquals(-0.5, fraction.convert("-.5"));
    assertEquals(1e-3, fraction.convert("1e-3"));
    for (String bad : new String[] {"", "/", "1/", "1/0", "NaN", "1f", "0x1p3", "1/2/3", "1e999"}) {
      assertThrows(TypeConversionException.class, () -> fraction.convert(bad), bad);
    }
  }

  @Test
  void tablesAreAligned() {
    String nl = System.lineSeparator();
    assertEquals(
        "ε     robust" + nl + "0.03       5" + nl + "0.1   12.5 %",
        Table.of("ε", "robust").row("0.03", "5").row("0.1", "12.5 %").toString());
    assertEquals("0.03137", Text.number(8 / 255.0));
    assertEquals("12", Text.number(12));
  }

  @Test
  void namesThatAreNoTextAreRefused(@TempDir Path folder) throws IOException {
    Path names = folder.resolve("names");
    Files.write(names, new byte[] {'a', '\n', -1, -2});
    for (Path bad : List.of(names, folder)) {
      FormatException e = assertThrows(FormatException.class, () -> Json.lines(bad));
      assertTrue(e.getMessage().startsWith(bad + ": "), e.getMessage());
    }
    Files.writeString(names, "[\"cat\", null]");
    assertThrows(FormatException.class, () -> Json.lines(names));
    Files.writeString(names, "[".repeat(100_000));
    assertThrows(FormatException.class, () -> Json.lines(names));
    Files.writeString(names, "cat\ndog\n");
    assertEquals(List.of("cat", "dog"), Json.lines(names));
  }

  @Test
  void namesNeitherMoveTheCursorNorTurnTheText() {
    assertEquals("a?[31mb?c?", Text.oneLine("a\u001b[31mb\u202ec\n"));
    assertEquals("a" + System.lineSeparator() + "?", Text.lines("a\n\u0007"));
    String table = Table.of("name", "n").row("\u009b2J", "1").toString();
    assertEquals("?2J   1", table.lines().skip(1).findFirst().orElse(""));
  }
}
