package dev.bagel.gpu;

import com.aparapi.Kernel;
import com.aparapi.natives.NativeLoader;
import dev.bagel.autodiff.Program;
import dev.bagel.tensor.Tensor;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.bcel.Repository;

/** A JVM of its own for what is decided once in a process: libraries, signals, memory. */
final class ChildJvm {
  private final List<String> options =
      new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
  private final Map<String, String> environment = new LinkedHashMap<>();

  /** One that allows native code to nobody but the JDK. */
  ChildJvm withoutNativeAccess() {
    options.clear();
    return option("--illegal-native-access=deny");
  }

  ChildJvm option(String option) {
    options.add(option);
    return this;
  }

  ChildJvm environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** What {@code main} prints, on both streams; it must end well. */
  String run(Class<?> main) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(main), main.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().remove("POCL_SIGFPE_HANDLER");
    builder.environment().putAll(environment);
    Process child = builder.start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = child.waitFor();
    if (code != 0) {
      throw new AssertionError(main.getSimpleName() + " ended with " + code + ":\n" + said);
    }
    return said;
  }

  /** Where this module and what it needs were loaded from, whoever runs the tests. */
  private static String classPath(Class<?> main) {
    Class<?>[] one = {
      main,
      OpenCl.class,
      Program.class,
      Tensor.class,
      Kernel.class,
      NativeLoader.class,
      Repository.class
    };
    return Arrays.stream(one)
        .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
