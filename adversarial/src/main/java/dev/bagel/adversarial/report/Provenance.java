package dev.bagel.adversarial.report;

import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where and when something was measured, and how to measure it again.
 *
 * @param command what to type
 * @param facts the rest, by name
 */
public record Provenance(List<String> command, Map<String, String> facts) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo"); // Linux only; others have no file

  /** Keeps copies, in order. */
  public Provenance {
    command = List.copyOf(command);
    facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** This machine, now. */
  public static Provenance here(List<String> command, Instant now) {
    Map<String, String> facts = new LinkedHashMap<>();
    String version = Provenance.class.getPackage().getImplementationVersion();
    facts.put("Bagel", version == null ? "run from its classes" : version);
    facts.put("Java", property("java.vendor.version", "java.version") + ", " + vm());
    facts.put("System", System.getProperty("os.name") + ", " + System.getProperty("os.arch"));
    facts.put("Processor", processor());
    facts.put("Kernels", Kernels.best().name() + " (" + Kernels.reason() + ")");
    facts.put("Threads", Integer.toString(Parallel.threads()));
    DateTimeFormatter minutes = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT);
    facts.put("Date", minutes.format(now.atOffset(ZoneOffset.UTC)));
    return new Provenance(command, facts);
  }

  /** The command as a shell takes it. */
  public String line() {
    StringBuilder line = new StringBuilder();
    for (String word : command) {
      boolean plain = word.matches("[\\w@%+=:,./-]+");
      line.append(line.isEmpty() ? "" : " ")
          .append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
    }
    return line.toString();
  }

  private static String vm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }

  private static String property(String first, String second) {
    String value = System.getProperty(first);
    return value == null || value.isBlank() ? System.getProperty(second) : value;
  }

  private static String processor() {
    String count = Runtime.getRuntime().availableProcessors() + " × ";
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return count
          + lines
              .filter(l -> l.startsWith("model name"))
              .map(l -> l.substring(l.indexOf(':') + 1).strip())
              .findFirst()
              .orElse("unknown");
    } catch (IOException | java.io.UncheckedIOException e) {
      return count + "unknown";
    }
  }
}
