package dev.bagel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what happens. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  @Test
  void theTwentyLinesCompileAndShowTheNetBreaking(@TempDir Path folder) throws Exception {
    Programs.compile(folder, Files.writeString(folder.resolve("Twenty.java"), program(0)));
    String printed = Programs.run(folder, "Twenty");
    Matcher lines = Pattern.compile("ε (\\S+): (\\S+) → (\\S+)").matcher(printed);
    double last = 1;
    for (int i = 0; i < 3; i++) {
      assertTrue(lines.find(), printed);
      double robust = Double.parseDouble(lines.group(3));
      assertTrue(Double.parseDouble(lines.group(2)) > 0.7, printed);
      assertTrue(robust <= last, printed);
      last = robust;
    }
    assertTrue(last < 0.1, printed);
  }

  @Test
  void theUnitTestCompiles(@TempDir Path folder) throws Exception {
    String test = program(1);
    int body = test.indexOf("@Test");
    String around =
        """
        %simport dev.bagel.nn.Model;
        import dev.bagel.nn.data.Dataset;
        import org.junit.jupiter.api.Test;

        class Unit {
          Model model;
          Dataset data;

          %s}
        """;
    String unit = around.formatted(test.substring(0, body), test.substring(body));
    Programs.compile(folder, Files.writeString(folder.resolve("Unit.java"), unit));
    assertTrue(Files.exists(folder.resolve("Unit.class")));
  }

  /** A block of Java in the README, counted from 0. */
  private static String program(int number) throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    for (int i = 0; i <= number; i++) {
      assertTrue(block.find(), "the README has a program " + number);
    }
    return block.group(1);
  }
}
