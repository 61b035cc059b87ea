package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A graph frozen into a list of kernels over one piece of memory, to be run again and again without
 * allocating.
 *
 * <p>The graph is symbolic: its leaves are {@link Cell}s. Making a plan drops what no output needs,
 * computes equal things once, chains elementwise operations into one pass, reads through
 * broadcasts, slices and permutations instead of copying, and gives every intermediate value a
 * place in one arena for just as long as it is needed.
 *
 * <pre>{@code
 * Cell x = Cell.of("x", image), y = Cell.of("y", labels);
 * Var g = Grad.of(loss(x.var(), y.var()), x.var()).get(0);
 * Plan step = Plan.of(List.of(), Map.of(x, project(x.var().add(g.sign().mul(alpha)))));
 * step.run(steps);   // x climbs, in place
 * }</pre>
 *
 * <p>A plan runs the kernels that eager evaluation runs, over the same numbers, in an order that
 * depends on the graph alone, so the two agree: chains and shared memory change no bit. That is on
 * {@link Device#CPU}; another device has kernels of its own and agrees to rounding. A plan is for
 * one thread at a time; {@link Compiled} keeps one for each.
 */
public final class Plan {
  private final Program program;
  private final Device.Loaded loaded;
  private final List<Shape> shapes;

  /** A plan that computes {@code outputs} and nothing else. */
  public static Plan of(Var... outputs) {
    return of(List.of(outputs), Map.of());
  }

  /**
   * A plan that computes {@code outputs} from what the cells hold, and then leaves the values of
   * {@code updates} in their cells. Every update sees the cells as they were before the run.
   */
  public static Plan of(List<Var> outputs, Map<Cell, Var> updates) {
    return of(outputs, updates, Device.CPU);
  }

  /**
   * The same plan on a device.
   *
   * @throws DeviceException if the device cannot run it
   */
  public static Plan of(List<Var> outputs, Map<Cell, Var> updates, Device device) {
    Program program = new Program(outputs, updates);
    return new Plan(program, device.load(program), outputs.stream().map(Var::shape).toList());
  }

  private Plan(Program program, Device.Loaded loaded, List<Shape> shapes) {
    this.program = program;
    this.loaded = loaded;
    this.shapes = shapes;
  }

  /** Computes the outputs and updates the cells. Only custom operations and noise allocate. */
  public void run() {
    run(1);
  }

  /** Runs so many times, one after the other: on a device, without coming back in between. */
  public void run(int times) {
    loaded.run(times);
  }

  /** The value of an output after the last run, copied. */
  public Tensor value(int output) {
    Span s = loaded.output(output);
    return Tensor.wrap(
        shape(output), Arrays.copyOfRange(s.array(), s.offset(), s.offset() + s.length()));
  }

  /** The only element of an output after the last run. */
  public float item(int output) {
    Span s = loaded.output(output);
    if (s.length() != 1) {
      throw new ShapeException(
          "item of output %d, %s: only a single element has one", output, shape(output));
    }
    return s.array()[s.offset()];
  }

  /** Copies an output to {@code into}, from its beginning on; no allocation. */
  public void read(int output, float[] into) {
    Span s = loaded.output(output);
    System.arraycopy(s.array(), s.offset(), into, 0, s.length());
  }

  /** The shape of an output. */
  public Shape shape(int output) {
    return shapes.get(output);
  }

  /** Bytes of memory for intermediate values. */
  public long bytes() {
    return 4L * program.arenaSize();
  }

  /** The steps, one to a line: what runs, in which shape, and where the result is. */
  @Override
  public String toString() {
    return program.toString();
  }

  /** What is run, for tests that look into its memory. */
  Device.Loaded loaded() {
    return loaded;
  }
}
