package dev.bagel.bench.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The single benchmarks, which JMH runs. */
@Command(
    name = "jmh",
    description = "Runs single benchmarks; JMH's own options follow, and -h lists them.",
    footer = {"", "Example:", "  java -jar benchmarks.jar jmh PgdStep -prof gc -p batch=8"})
final class JmhCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ARGUMENT", arity = "0..*", description = "As JMH takes them.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws Exception {
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return 0;
  }
}
