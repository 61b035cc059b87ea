package dev.bagel.bench.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Set;

/**
 * Where figures come from.
 *
 * @param cpu what the system calls it
 * @param processors how many this JVM sees
 * @param system the operating system
 * @param java the JVM and its release
 * @param jdk the feature release alone
 * @param date of today
 * @param load how many processes wanted a processor in the last minute; times on the wall's clock
 *     mean little unless this is well below the number of processors
 */
record Machine(
    String cpu, int processors, String system, String java, int jdk, String date, double load) {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  static Machine here() {
    return new Machine(
        info("model name"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        Runtime.version().feature(),
        LocalDate.now(ZoneId.systemDefault()).toString(),
        loadNow());
  }

  /** How many processes wanted a processor in the last minute; below 0 if nobody knows. */
  static double loadNow() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** What the processor can do, in Linux's words; none elsewhere. */
  static Set<String> cpuFlags() {
    return Set.of(info("flags").split(" +"));
  }

  private static String info(String key) {
    if (!Files.isReadable(CPU)) {
      return System.getProperty("os.arch");
    }
    try {
      return Files.readAllLines(CPU).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
