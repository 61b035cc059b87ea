package dev.bagel.adversarial.cli;

import dev.bagel.tensor.kernel.Parallel;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command. */
final class GlobalOptions {
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--json",
      description = "Print one JSON document on standard output; all else on standard error.")
  private boolean json;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Where all randomness comes from (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads work (default: one per core). Results do not depend on it.")
  private Integer threads;

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

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Puts the threads to work, and returns whom the command talks to. */
  Console start() {
    if (threads != null) {
      if (threads < 1 || threads > MOST_THREADS) {
        throw new WrongUse(threads + " threads", "--threads", "from 1 to " + MOST_THREADS);
      }
      Parallel.threads(threads);
    }
    return ((Main) spec.root().userObject()).console().json(json);
  }

  /** The words of the command line, which repeat the command. */
  List<String> words() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  long seed() {
    return seed;
  }
}
