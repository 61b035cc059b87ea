package dev.bagel.gpu;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.device.OpenCLDevice;
import com.aparapi.exception.CompileFailedException;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Operand;
import dev.bagel.autodiff.Program;
import dev.bagel.gpu.Descriptors.When;
import dev.bagel.tensor.kernel.Span;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;

/**
 * A program on an OpenCL device.
 *
 * <p>Each run is one launch, before which all cells are sent and after which results are fetched.
 * No number that the device has computed is needed in the next launch: when the collector moves a
 * Java array, Aparapi silently makes its buffer anew, from the array.
 */
final class Resident implements Device.Loaded, AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Program program;
  private final Layout layout;
  private final Interpreter kernel;
  private final Range range;
  private final Cleaner.Cleanable memory;
  private final List<Span> outputs = new ArrayList<>();
  private final int once; // passes besides those of the body

  Resident(Program program, OpenCLDevice device, int groups) {
    this.program = program;
    layout = new Layout(program);
    kernel = new Interpreter();
    memory = CLEANER.register(this, kernel::dispose);
    kernel.memory = memory(layout.size(), device.getMaxMemAllocSize());
    Lowering lowering = new Lowering(program, layout, kernel.memory, groups);
    kernel.partial = new float[lowering.partial()];
    kernel.weights = new float[Math.max(1, layout.constants().length())];
    kernel.input = new float[Math.max(1, layout.cells().length())];
    kernel.output = new float[Math.max(1, lowering.outputs())];
    layout.readConstants(kernel.weights);
    Descriptors code = lowering.descriptors();
    kernel.table = code.index();
    kernel.prologue = code.count(When.PROLOGUE);
    kernel.body = code.count(When.BODY);
    kernel.code = code.toArray();
    int at = program.updated().stream().mapToInt(c -> c.shape().size()).sum();
    for (Operand o : program.outputs(kernel.memory)) {
      outputs.add(new Span(kernel.output, at, o.shape().size(), false));
      at += o.shape().size();
    }
    once = kernel.prologue + code.count(When.EPILOGUE);
    kernel.setExplicit(true);
    try {
      kernel.compile(device);
    } catch (CompileFailedException e) {
      close();
      throw new DeviceException(
          "the kernel could not be translated for this device: " + e.getMessage(), e);
    }
    range = Range.create(device, groups * Machine.GROUP, Machine.GROUP);
  }

  /** The array that stands for the device's memory here: Aparapi makes buffers of arrays only. */
  private static float[] memory(int elements, long most) {
    long bytes = (long) Float.BYTES * elements;
    if (bytes > most) {
      throw new DeviceException(
          "a program of %d MiB, and this device gives at most %d MiB in one piece: use a smaller batch"
              .formatted(bytes >> 20, most >> 20));
    }
    try {
      return new float[Math.max(1, elements)];
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          "a program of %d MiB takes as much of this JVM's heap: give it more (-Xmx), or use a smaller batch"
              .formatted(bytes >> 20),
          e);
    }
  }

  @Override
  public void run(int times) {
    layout.readCells(kernel.input);
    kernel.times = times;
    kernel.put(kernel.input);
    execute(kernel, range, once + kernel.body * times);
    kernel.get(kernel.output);
    int at = 0;
    for (Cell c : program.updated()) {
      System.arraycopy(kernel.output, at, c.memory(), 0, c.memory().length);
      at += c.memory().length;
    }
  }

  /**
   * Launches a kernel.
   *
   * @throws DeviceException if it was not the device that ran it
   */
  static void execute(Kernel kernel, Range range, int passes) {
    try {
      kernel.execute(range, passes);
    } catch (AssertionError | IllegalStateException e) { // so Aparapi says it, and so the kernel
      throw new DeviceException("the device failed to run the program: " + e.getMessage(), e);
    }
  }

  /** The kernel, for tests that watch it. */
  Interpreter kernel() {
    return kernel;
  }

  @Override
  public Span output(int i) {
    return outputs.get(i);
  }

  /** Gives the device's memory back; twice is as good as once. */
  @Override
  public void close() {
    memory.clean();
  }
}
