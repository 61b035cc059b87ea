package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * This program in a JVM of its own: the same java, class path and options, with the vector module,
 * and with variables that C libraries read once, when they are loaded. What one measurement leaves
 * in compiled code, heaps and thread pools does not reach the next.
 *
 * @param environment what is set beside this process's own variables
 * @param options of java, after this process's own
 */
record FreshJvm(Map<String, String> environment, List<String> options) {
  private static final String MODULE = "jdk.incubator.vector";

  /**
   * glibc keeps what is freed, in one arena, instead of handing it back to the system: else every
   * large array of a native rival is mapped anew and faults in page by page.
   */
  private static final Map<String, String> KEEPING =
      Map.of(
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "2147483647",
          "MALLOC_TOP_PAD_", "268435456");

  /** OpenBLAS takes AMD's processors for cores without AVX-512, even those that have it. */
  private static final Map<String, String> CORE = Map.of("OPENBLAS_CORETYPE", "SKYLAKEX");

  /** With nothing set. */
  static FreshJvm plain() {
    return new FreshJvm(Map.of(), List.of());
  }

  /** With one thread that works, whatever the user has set. */
  static FreshJvm withOneThread() {
    return new FreshJvm(Map.of(), threads(1));
  }

  /**
   * With the variables that suit rivals best, unless the user has set them.
   *
   * @param kept whether freed memory is kept, or given back as glibc comes
   * @param threads of everybody; some can only be told before they are loaded
   */
  static FreshJvm forRivals(boolean kept, int threads) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OMP_NUM_THREADS", String.valueOf(threads));
    variables.put("OPENBLAS_NUM_THREADS", String.valueOf(threads));
    if (kept) {
      variables.putAll(KEEPING);
    }
    if (hasAvx512()) {
      variables.putAll(CORE);
    }
    variables.replaceAll((name, value) -> System.getenv().getOrDefault(name, value));
    return new FreshJvm(variables, threads(threads));
  }

  private static List<String> threads(int threads) {
    return List.of("-Dbagel.threads=" + threads);
  }

  private static boolean hasAvx512() {
    return Machine.cpuFlags().contains("avx512f");
  }

  /** Runs a command that prints a document on standard output, and reads that. */
  <T> T ask(Class<T> type, List<String> arguments) {
    Path errors = null;
    try {
      errors = Files.createTempFile("bench", ".err");
      Process process = start(errors, arguments);
      byte[] answer = process.getInputStream().readAllBytes();
      int code = process.waitFor();
      if (code != 0) {
        throw new Failure(lastLine(errors, code));
      }
      return new ObjectMapper().readValue(answer, type);
    } catch (IOException e) {
      throw new Failure("a JVM for " + arguments + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    } finally {
      delete(errors);
    }
  }

  private Process start(Path errors, List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "bench-end"));
    return process;
  }

  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.add("--add-modules=" + MODULE);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djava.awt.headless=true");
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(arguments);
    return command;
  }

  private static String absolute(String classPath) {
    List<String> parts = new ArrayList<>();
    for (String part : classPath.split(File.pathSeparator, -1)) {
      parts.add(part.isEmpty() ? part : new File(part).getAbsolutePath());
    }
    return String.join(File.pathSeparator, parts);
  }

  private static String lastLine(Path errors, int code) throws IOException {
    String said = Files.readString(errors, StandardCharsets.UTF_8).strip();
    String line = said.substring(said.lastIndexOf('\n') + 1);
    return line.startsWith("bench: ")
        ? line.substring("bench: ".length())
        : "the JVM ended with code " + code + ": " + line;
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}
