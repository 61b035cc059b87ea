package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.ImageFiles;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Starts this program again, in a JVM with the module that the fast kernels need and with what
 * devices need: a jar cannot ask for either by itself.
 *
 * <pre>
 *   java -jar bagel.jar …        this process: waits, passes on standard error and the exit code
 *     └─ java --add-modules jdk.incubator.vector -cp bagel.jar … Main …      does the work
 * </pre>
 *
 * <p>What is done before fast kernels are compiled is done here, on plain ones: starting a second
 * JVM would take longer than the work.
 *
 * <p>The child has the JVM options of this process. It holds a pipe from this process as its
 * standard input, and so lives no longer (see {@link Lifeline}).
 */
final class Restart {
  /** Set in a JVM that was started here. */
  static final String CHILD = "bagel.child";

  private static final String MODULE = "jdk.incubator.vector";
  private static final int GRACE = 5; // seconds for the child to end when this process has to
  private static final Set<String> QUESTIONS = Set.of("--help", "-h", "--version", "-V");
  private static final Set<String> WITHOUT_KERNELS = Set.of("help", "attacks", "download", "model");
  private static final String KERNELS = "bagel.kernels";
  private static final String PLAIN = "scalar";

  /** Already in the options that this JVM reports; given twice, they would count twice. */
  private static final Set<String> VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private Restart() {}

  /** Runs the program in a child; empty if this JVM is to do the work itself. */
  static OptionalInt run(String... args) {
    if (isDecided()) {
      return OptionalInt.empty();
    }
    if (isShort(args)) {
      System.setProperty(KERNELS, PLAIN);
      return OptionalInt.empty();
    }
    if (!isPossible()) {
      return OptionalInt.empty();
    }
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(args)).redirectOutput(ProcessBuilder.Redirect.INHERIT);
      builder.environment().keySet().removeAll(VARIABLES);
      builder.environment().put("POCL_SIGFPE_HANDLER", "0"); // division by zero is the JVM's
      Process child = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(child), "bagel-end"));
      passOn(child.getErrorStream(), System.err);
      return OptionalInt.of(child.waitFor());
    } catch (IOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.of(Failures.FAILED);
    }
  }

  /** Whether this JVM has the module, or is told to do without. */
  private static boolean isDecided() {
    return System.getProperty(CHILD) != null
        || PLAIN.equals(System.getProperty(KERNELS))
        || ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  private static boolean isPossible() {
    return ModuleFinder.ofSystem().find(MODULE).isPresent()
        && Restart.class.getModule().getDescriptor() == null // on the class path
        && ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .noneMatch(option -> option.contains("jdwp")); // a debugger wants this JVM
  }

  /** Whether nothing is computed, or what a model says of one picture. */
  static boolean isShort(String... args) {
    return args.length == 0
        || WITHOUT_KERNELS.contains(args[0])
        || Arrays.stream(args).anyMatch(QUESTIONS::contains)
        || (args[0].equals("predict")
            && isPicture(value(args, "--data"))
            && value(args, "--device").isEmpty());
  }

  private static boolean isPicture(String data) {
    try {
      Path path = Path.of(data);
      return Files.isRegularFile(path) && ImageFiles.isAt(path);
    } catch (IOException | InvalidPathException e) {
      return false; // the command will say so
    }
  }

  /** The last value of an option, or nothing. */
  private static String value(String[] args, String option) {
    String value = "";
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith(option + "=")) {
        value = args[i].substring(option.length() + 1);
      } else if (args[i].equals(option) && i + 1 < args.length) {
        value = args[i + 1];
      }
    }
    return value;
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("--add-modules=" + MODULE);
    command.add("--enable-native-access=ALL-UNNAMED"); // for devices, should one be asked for
    command.add("-D" + CHILD + "=true");
    command.add("-D" + Terminal.PROPERTY + "=" + Terminal.isError());
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    return command;
  }

  private static String absolute(String classPath) {
    List<String> parts = new ArrayList<>();
    for (String part : classPath.split(File.pathSeparator, -1)) {
      parts.add(part.isEmpty() ? part : new File(part).getAbsolutePath());
    }
    return String.join(File.pathSeparator, parts);
  }

  /** Copies to the end, but for the JVM's first line about the module that was asked for. */
  static void passOn(InputStream from, OutputStream to) throws IOException {
    byte[] unwanted = "WARNING: Using incubator modules: ".getBytes(StandardCharsets.US_ASCII);
    byte[] head = from.readNBytes(unwanted.length);
    if (Arrays.equals(head, unwanted)) {
      int b = from.read();
      while (b >= 0 && b != '\n') {
        b = from.read();
      }
    } else {
      to.write(head);
    }
    byte[] chunk = new byte[1 << 13];
    for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
      to.write(chunk, 0, n);
      to.flush();
    }
  }

  /** Asks the child to end in order, as it would after the same signal. */
  private static void end(Process child) {
    child.destroy();
    try {
      if (!child.waitFor(GRACE, TimeUnit.SECONDS)) {
        child.destroyForcibly();
      }
    } catch (InterruptedException e) {
      child.destroyForcibly();
    }
  }
}
