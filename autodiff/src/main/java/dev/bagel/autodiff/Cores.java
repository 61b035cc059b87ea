package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Span;
import java.util.List;

/** The cores of this machine, on which plans run as kernels over an array. */
record Cores(Kernels kernels) implements Device {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public boolean isAccelerator() {
    return false;
  }

  @Override
  public Bound load(Program program) {
    return new Bound(program, kernels);
  }

  /** A program as kernels that are bound to memory. */
  static final class Bound implements Loaded {
    final float[] arena;
    private final Kernel[] steps;
    private final List<Operand> outputs;

    Bound(Program program, Kernels kernels) {
      arena = new float[program.arenaSize()];
      steps = program.stages(arena).stream().map(s -> s.kernel(kernels)).toArray(Kernel[]::new);
      outputs = program.outputs(arena);
    }

    @Override
    public void run(int times) {
      for (int t = 0; t < times; t++) {
        for (Kernel k : steps) {
          k.run();
        }
      }
    }

    @Override
    public Span output(int i) {
      return outputs.get(i).span();
    }
  }
}
