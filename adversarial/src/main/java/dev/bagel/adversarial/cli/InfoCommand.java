package dev.bagel.adversarial.cli;

import dev.bagel.autodiff.Devices;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagel info}: what this program is and what it runs on. */
@Command(
    name = "info",
    versionProvider = Versions.class,
    description = "Shows versions, the machine, the kernels in use, and which data are installed.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel info",
      "  bagel info --json",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class InfoCommand implements Callable<Integer> {
  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() {
    Console console = globals.start();
    Map<String, Object> facts = facts();
    if (!console.isJson()) {
      int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
      facts.forEach((k, v) -> console.print(k + " ".repeat(width + 2 - k.length()) + v));
    }
    console.answer(facts);
    return Failures.DONE;
  }

  /** Whether this JVM compiles the fast loops well, in one line. */
  private static String selfTest() {
    long start = System.nanoTime();
    List<Kernels.Check> checks = Kernels.warmUp();
    if (checks.isEmpty()) {
      return "not needed: plain Java";
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> slow =
        checks.stream()
            .filter(c -> !c.isKept())
            .map(c -> "%s (%.1f times)".formatted(c.loop(), c.nanos() / c.plainNanos()))
            .toList();
    return slow.isEmpty()
        ? "%d loops are compiled well (%.1f s)".formatted(checks.size(), seconds)
        : "slower than plain Java, which this JVM would use instead: " + String.join(", ", slow);
  }

  private static Map<String, Object> facts() {
    Runtime machine = Runtime.getRuntime();
    boolean installed =
        Files.isReadable(FashionMnist.INSTALLED.resolve("train-images-idx3-ubyte.gz"))
            || Files.isReadable(FashionMnist.INSTALLED.resolve("train-images-idx3-ubyte"));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("bagel", Versions.bagel());
    facts.put("java", Runtime.version().toString());
    facts.put("vm", System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor"));
    facts.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + ", "
            + System.getProperty("os.arch"));
    facts.put("cores", machine.availableProcessors());
    facts.put("threads", Parallel.threads());
    facts.put("heap_mib", machine.maxMemory() >> 20);
    facts.put("kernels", Kernels.best().name());
    facts.put("kernels_reason", Kernels.reason());
    facts.put("kernels_self_test", selfTest());
    facts.put("devices", String.join("; ", Devices.report()));
    facts.put("fashion_mnist", "7,000 images in the program");
    facts.put(
        "fashion_mnist_full",
        FashionMnist.INSTALLED + (installed ? ", installed" : ", not installed"));
    return facts;
  }
}
