package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.bench.work.Allocation;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What replayed steps allocate in this JVM: what {@link GuardCommand} starts. */
@Command(name = "step-bytes", hidden = true, description = "Prints bytes of steps as JSON.")
final class StepBytesCommand implements Callable<Integer> {
  private static final double WARM_UP = 1.5; // seconds

  @Parameters(
      paramLabel = "STEP",
      arity = "1..*",
      description = "pgd/NETWORK-BATCH or train/NETWORK-BATCH.")
  private List<String> steps;

  @Override
  public Integer call() throws Exception {
    // a step calls some loops so rarely that they would be compiled after minutes only, and until
    // then vectors are objects
    Kernels.warmUp();
    Map<String, Double> bytes = new LinkedHashMap<>();
    for (String step : steps) {
      Workload work = Workload.named(step.substring(step.indexOf('/') + 1));
      bytes.put(
          step,
          step.startsWith("train/")
              ? Allocation.ofStep(Allocation.training(work), WARM_UP)
              : Allocation.ofStep(Allocation.attack(work), WARM_UP));
    }
    System.out.println(new ObjectMapper().writeValueAsString(bytes));
    return 0;
  }
}
