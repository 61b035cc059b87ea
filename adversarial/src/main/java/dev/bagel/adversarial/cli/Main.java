package dev.bagel.adversarial.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** The command line: {@code java -jar bagel.jar COMMAND}. */
@Command(
    name = "bagel",
    versionProvider = Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Trains neural networks, attacks them, hardens them, and says how well they stand.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel tour",
      "  bagel train --arch tutorial-cnn --data fashion-mnist --save net.safetensors",
      "  bagel model net.safetensors",
      "  bagel predict --model net.safetensors --data fashion-mnist",
      "  bagel attack --model net.safetensors --data fashion-mnist --attack pgd --eps 0.05,0.1",
      "  bagel evaluate --model net.safetensors --data fashion-mnist --eps 8/255 --first 200",
      "  bagel explain --model net.safetensors --data fashion-mnist --first 6",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use.",
      "'bagel COMMAND --help' says more about a command."
    })
public final class Main implements Callable<Integer> {
  private static final List<Class<?>> COMMANDS =
      List.of(
          InfoCommand.class,
          TourCommand.class,
          DownloadCommand.class,
          TrainCommand.class,
          ModelCommand.class,
          PredictCommand.class,
          AttackCommand.class,
          AttacksCommand.class,
          EvaluateCommand.class,
          ExplainCommand.class,
          HelpCommand.class);

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of Bagel and of Java.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean version;

  private Main(Console console) {
    this.console = console;
  }

  /** Runs a command in this process or a child of it, and ends with its exit code. */
  public static void main(String[] args) {
    OptionalInt child = Restart.run(args);
    if (child.isPresent()) {
      System.exit(child.getAsInt());
    }
    if (System.getProperty(Restart.CHILD) != null) {
      Lifeline.hold(System.in);
    }
    // a line of the log, should there be one, on one line
    System.setProperty("java.util.logging.SimpleFormatter.format", "bagel: %5$s%n");
    System.setProperty("java.awt.headless", "true");
    PrintStream out = stream(FileDescriptor.out, System.out);
    PrintStream err = stream(FileDescriptor.err, System.err);
    System.exit(run(args, out, err, Terminal::isError));
  }

  /**
   * Runs a command in this process.
   *
   * @return the exit code: 0 done, 1 the work failed, 2 wrong use
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, out, err, () -> false);
  }

  private static int run(
      String[] args, PrintStream out, PrintStream err, BooleanSupplier terminal) {
    int code;
    try {
      code = commandLine(new Console(out, err, terminal), args).execute(args);
    } catch (Throwable t) { // picocli hands on what is no exception, such as a lack of memory
      code = Failures.report(t, err);
    }
    err.flush();
    if (out.checkError() && code == Failures.DONE) {
      err.println("bagel: standard output is closed, the answer is lost; keep its reader running");
      return Failures.FAILED;
    }
    return code;
  }

  private static CommandLine commandLine(Console console, String... args) {
    Charset charset = StandardCharsets.UTF_8;
    CommandLine line = new CommandLine(new Main(console));
    commands(args).forEach(line::addSubcommand);
    line.setOut(new PrintWriter(console.out(), true, charset));
    line.setErr(new PrintWriter(console.err(), true, charset));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setUsageHelpLongOptionsMaxWidth(28);
    line.setParameterExceptionHandler((e, words) -> Failures.report(e, console.err()));
    line.setExecutionExceptionHandler((e, c, r) -> Failures.report(e, console.err()));
    return line;
  }

  /** The command that is named, since looking at the options of all takes time; all if none is. */
  private static List<Class<?>> commands(String... args) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(c -> args.length > 0 && c.getAnnotation(Command.class).name().equals(args[0]))
            .filter(c -> c != HelpCommand.class) // speaks of the others
            .toList();
    return named.isEmpty() ? COMMANDS : named;
  }

  /** A C locale has a terminal of today behind it, which shows UTF-8; other encodings stay. */
  private static PrintStream stream(FileDescriptor to, PrintStream from) {
    String name = System.getProperty(from == System.out ? "stdout.encoding" : "stderr.encoding");
    Charset charset = name == null ? Charset.defaultCharset() : Charset.forName(name);
    OutputStream raw = new FileOutputStream(to);
    boolean ascii = charset.equals(StandardCharsets.US_ASCII);
    return new PrintStream(raw, true, ascii ? StandardCharsets.UTF_8 : charset);
  }

  /** Whom this command line talks to. */
  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new WrongUse(
        "no command",
        "bagel",
        "name one of info, tour, train, model, predict, attack, attacks, evaluate, explain, or see"
            + " --help");
  }
}
