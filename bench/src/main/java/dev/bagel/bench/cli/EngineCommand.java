package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.tensor.kernel.Kernels;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Which kernels a JVM chooses: what {@link GuardCommand} asks first. */
@Command(name = "engine", hidden = true, description = "Prints the kernels of this JVM as JSON.")
final class EngineCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    Engine engine = new Engine(Kernels.best().name(), Kernels.reason());
    System.out.println(new ObjectMapper().writeValueAsString(engine));
    return 0;
  }
}
