package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Disagreement;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/**
 * The command line of the benchmarks: what JMH does, and what it cannot do: comparisons with others
 * and with what was before, and JVMs that just started.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      GuardCommand.class,
      VersusCommand.class,
      DuelCommand.class,
      FreshStartsCommand.class,
      FirstRunsCommand.class,
      JmhCommand.class,
      EngineCommand.class,
      StepBytesCommand.class,
      HelpCommand.class
    },
    description = "Measures Bagel: alone, against its rivals, and against what it was.",
    footer = {
      "",
      "-Dbagel.threads=N before -jar sets the number of threads, of rivals too.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
public final class Main implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  private Main() {}

  /** Runs a command and ends with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command; returns 0 if it is done, 1 if it failed, 2 if it cannot be done. */
  static int run(String... args) {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true);
    line.setParameterExceptionHandler((e, rest) -> report(e));
    line.setExecutionExceptionHandler((e, command, rest) -> report(e));
    try {
      return line.execute(args);
    } catch (Throwable t) { // picocli hands on what is no exception: natives that do not link
      return report(t);
    }
  }

  @Override
  public Integer call() {
    throw new WrongUse("no command: guard, versus, fresh-starts or jmh, see --help");
  }

  private static int report(Throwable t) {
    boolean wrongUse = t instanceof WrongUse || t instanceof ParameterException;
    boolean expected = wrongUse || t instanceof Failure || t instanceof Disagreement;
    String line = expected ? t.getMessage() : root(t).toString();
    System.err.println("bench: " + line.replaceAll("\\s*\\R\\s*", " ").strip());
    if (Boolean.getBoolean("bagel.trace")) {
      t.printStackTrace();
    }
    return wrongUse ? WRONG_USE : FAILED;
  }

  /** What a static initialiser says is in its cause. */
  private static Throwable root(Throwable t) {
    Throwable root = t;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
