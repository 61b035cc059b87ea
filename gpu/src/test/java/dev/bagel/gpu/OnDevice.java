package dev.bagel.gpu;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Devices;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import dev.bagel.tensor.kernel.Kernels;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * All checks and benchmarks on a machine that has a device and nothing else: see {@code
 * on-device.sh}. It prints a table in Markdown, and leaves the networks and what was found in a
 * folder, where the same attack in PyTorch finds them.
 */
final class OnDevice {
  private static final int STEPS = 20;
  private static final long WARM_UP =
      5_000_000_000L; // ns, until the compiler is done with Java's side
  private static final List<Class<?>> SUITES =
      List.of(
          OpenClContractTest.class,
          LaunchTest.class,
          TrainingTest.class,
          EndToEndTest.class,
          MemoryTest.class);

  private final Device device;
  private final Path folder;
  private final boolean small;

  private OnDevice(Device device, Path folder) {
    this.device = device;
    this.folder = folder;
    small = !device.isAccelerator();
  }

  /**
   * What to do, {@code check} or {@code measure}; the folder for results; a name of a device, if it
   * is not to be the first. Checks want the kernels that add up as the device does, measurements
   * the fastest, so each has a JVM of its own.
   */
  public static void main(String[] args) throws IOException {
    Device device = args.length > 2 ? Devices.named(args[2]) : new OpenCl().devices().get(0);
    if (args[0].equals("check")) {
      Devices.report().forEach(System.out::println);
      int failed = SUITES.stream().mapToInt(OnDevice::check).sum();
      if (failed > 0) {
        throw new IllegalStateException(failed + " checks failed");
      }
      return;
    }
    System.out.printf(
        "%ndevice: %s%njava: %s, kernels %s%n%n", device, Runtime.version(), Kernels.best().name());
    OnDevice all = new OnDevice(device, Path.of(args[1]));
    all.overheads();
    all.products();
    all.attack("madry", all.small ? 8 : 1024, Victim::madry);
    all.attack("resnet18", all.small ? 2 : 256, Victim::resnet18);
  }

  // ---- checks ----------------------------------------------------------------------------------

  /** Runs the tests of a class, without a framework for tests; returns how many failed. */
  private static int check(Class<?> suite) {
    int failed = 0;
    for (Class<?> c = suite; c != Object.class; c = c.getSuperclass()) {
      for (Method m : c.getDeclaredMethods()) {
        if (m.isAnnotationPresent(Test.class)) {
          failed += check(suite, m) ? 0 : 1;
        }
      }
    }
    return failed;
  }

  private static boolean check(Class<?> suite, Method test) {
    Object[] arguments = test.getParameterCount() == 0 ? new Object[0] : new Object[] {Rng.of(1)};
    return check(
        suite.getSimpleName() + "." + test.getName(),
        () -> {
          test.setAccessible(true);
          test.invoke(instance(suite), arguments);
        });
  }

  /** Something that may fail. */
  private interface Attempt {
    void run() throws ReflectiveOperationException;
  }

  private static boolean check(String name, Attempt attempt) {
    long start = System.nanoTime();
    Throwable why = null;
    try {
      attempt.run();
    } catch (InvocationTargetException e) {
      why = e.getCause();
    } catch (ReflectiveOperationException | RuntimeException | AssertionError e) {
      why = e;
    }
    boolean skipped = why instanceof TestAbortedException;
    System.out.printf(
        "%-7s %-80s %6.1f s%n",
        why == null ? "ok" : skipped ? "skipped" : "FAILED",
        name,
        (System.nanoTime() - start) / 1e9);
    if (why != null) {
      System.out.println(why.getMessage());
    }
    return why == null || skipped;
  }

  private static Object instance(Class<?> suite) throws ReflectiveOperationException {
    var constructor = suite.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object it = constructor.newInstance();
    for (Method m : suite.getDeclaredMethods()) {
      if (m.isAnnotationPresent(BeforeEach.class)) {
        m.setAccessible(true);
        m.invoke(it);
      }
    }
    return it;
  }

  // ---- benchmarks ------------------------------------------------------------------------------

  /** The least time of some runs, in seconds. */
  private static double seconds(int runs, Runnable work) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private void overheads() {
    Cell few = Cell.of("x", Shape.of(16));
    Plan tiny = Plan.of(List.of(), Map.of(few, few.var().add(1)), device);
    double launch = seconds(200, tiny::run);
    double thousand = seconds(10, () -> tiny.run(1000));
    Cell many = Cell.of("x", Shape.of(1 << 24));
    Plan large = Plan.of(List.of(), Map.of(many, many.var().add(1)), device);
    double there = seconds(5, large::run);
    double pass = (seconds(5, () -> large.run(101)) - there) / 100;
    System.out.println("| overhead | |\n|---|---|");
    System.out.printf("| launch with its copies | %.0f µs |%n", launch * 1e6);
    System.out.printf("| pass | %.1f µs |%n", (thousand - launch) / 999 * 1e6);
    System.out.printf("| 64 MiB there and back | %.1f GB/s |%n", 2 * 0.0671 / there);
    System.out.printf("| chain on 16 Mi elements | %.0f GB/s |%n%n", 2 * 0.0671 / pass);
  }

  private void products() {
    System.out.println("| product | GFLOP/s |\n|---|---|");
    for (int n : small ? new int[] {256} : new int[] {512, 1024, 2048, 4096}) {
      Cell a = Cell.of("a", Tensor.uniform(Shape.of(n, n), -1, 1, Rng.of(1)));
      Var b = Var.constant(Tensor.uniform(Shape.of(n, n), -0.01f, 0.01f, Rng.of(2)));
      throughput("matmul " + n, 2.0 * n * n * n, Map.of(a, a.var().matmul(b)));
    }
    int images = small ? 2 : 256;
    for (int c : new int[] {64, 128, 256, 512}) {
      int side = 2048 / c;
      Cell x = Cell.of("x", Tensor.uniform(Shape.of(images, c, side, side), -1, 1, Rng.of(1)));
      Var w = Var.constant(Tensor.uniform(Shape.of(c, c, 3, 3), -0.01f, 0.01f, Rng.of(2)));
      Var y = x.var().conv(w, dev.bagel.autodiff.ConvOptions.of(1, 1));
      double flops = 2.0 * images * c * side * side * c * 9;
      throughput("conv 3×3, %d channels, %d²".formatted(c, side), flops, Map.of(x, y));
    }
    System.out.println();
  }

  /** What a pass takes, beside launch and copies. */
  private void throughput(String name, double flops, Map<Cell, Var> updates) {
    Plan plan = Plan.of(List.of(), updates, device);
    double one = seconds(3, plan::run);
    double more = seconds(3, () -> plan.run(11));
    System.out.printf("| %s | %.0f |%n", name, flops * 10 / (more - one) / 1e9);
  }

  private void attack(String file, int batch, IntFunction<Victim> make) throws IOException {
    Victim here = make.apply(batch);
    Victim there = here.on(device);
    Tensor found = there.attacked(STEPS);
    double seconds = seconds(small ? 1 : 5, () -> there.attacked(STEPS));
    int part = Math.min(batch, 64);
    Victim some = make.apply(part);
    Kernels.warmUp();
    long compiled = System.nanoTime() + WARM_UP;
    do {
      some.attacked(STEPS);
    } while (System.nanoTime() < compiled);
    double java = seconds(3, () -> some.attacked(STEPS)) / part * batch;
    System.out.println(
        "| " + here.name() + ", PGD-" + STEPS + ", batch " + batch + " | |\n|---|---|");
    System.out.printf("| images per second | %.1f |%n", batch / seconds);
    System.out.printf(
        "| images per second, Java kernels on %d cores | %.2f |%n",
        Runtime.getRuntime().availableProcessors(), batch / java);
    System.out.printf("| ratio | %.1f |%n%n", java / seconds);
    Map<String, NpyArray> all = new LinkedHashMap<>();
    here.model().params().all().forEach((name, t) -> all.put(name, NpyArray.of(t)));
    all.put("images", NpyArray.of(here.images()));
    all.put("labels", NpyArray.of(Tensor.ofInts(here.labels())));
    all.put("found", NpyArray.of(found));
    all.put("scores", NpyArray.of(there.model().scores(found)));
    all.put("epsilon", NpyArray.of(Tensor.scalar((float) here.epsilon())));
    all.put("step", NpyArray.of(Tensor.scalar((float) here.stepSize())));
    all.put("steps", NpyArray.of(Tensor.scalar(STEPS)));
    all.put("rate", NpyArray.of(Tensor.scalar((float) (batch / seconds))));
    Npz.write(folder.resolve(file + ".npz"), all, Npz.Packing.STORED);
  }
}
