package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
}
