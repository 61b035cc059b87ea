package dev.bagel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what happens. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  @Test
  void theTwentyLinesCompileAndShowTheNetBreaking(@TempDir Path folder) throws Exception {
    compile(folder, "Twenty", program(0));
    String printed = run(folder);
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
    compile(folder, "Unit", around.formatted(test.substring(0, body), test.substring(body)));
    assertTrue(Files.exists(folder.resolve("Unit.class")));
  }

  private static void compile(Path folder, String name, String program) throws IOException {
    Path source = Files.writeString(folder.resolve(name + ".java"), program);
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertEquals(0, status, messages.toString(StandardCharsets.UTF_8));
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

  private static String run(Path folder) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Twenty")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
