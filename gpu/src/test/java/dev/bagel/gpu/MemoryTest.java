package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the collector and the device's memory have to do with each other. */
class MemoryTest {
  /** A step of PGD on a small conv-net. */
  private static final class Attack {
    final Cell x;
    private final Tensor start;
    private final Plan plan;

    Attack(int n, Device device) {
      Rng rng = Rng.of(5);
      start = Tensor.uniform(Shape.of(n, 1, 14, 14), 0, 1, rng.at("x"));
      x = Cell.of("x", start);
      Var w = Var.constant(Tensor.gaussian(Shape.of(8, 1, 3, 3), rng.at("w")).mul(0.3f));
      Var d = Var.constant(Tensor.gaussian(Shape.of(392, 10), rng.at("d")).mul(0.1f));
      Var h = x.var().conv(w, ConvOptions.of(1, 1)).relu();
      h = h.maxPool(Window.of(h.shape(), 2, 2, 2, 2, new int[4], false, false));
      Var loss = h.flatten().matmul(d).logSoftmax().pick(Var.constant(labels(n))).sum().neg();
      Var g = Grad.of(loss, x.var()).get(0);
      Var next = x.var().add(g.sign().mul(0.01f)).clamp(0, 1);
      plan = Plan.of(List.of(), Map.of(x, next), device);
    }

    private static Tensor labels(int n) {
      return Tensor.zeros(Shape.of(n));
    }

    float[] found() {
      x.set(start);
      plan.run(5);
      return x.get().array();
    }
  }

  /** Twenty times the same bits while the collector moves what it can. */
  private static void assertCollectionsChangeNoBit(Supplier<float[]> work)
      throws InterruptedException {
    float[] expected = work.get();
    Thread collector =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                byte[][] garbage = new byte[100][];
                for (int i = 0; i < garbage.length; i++) {
                  garbage[i] = new byte[30_000 + i];
                }
                System.gc();
              }
            });
    collector.start();
    try {
      for (int run = 0; run < 20; run++) {
        System.gc();
        assertArrayEquals(expected, work.get(), "run " + run);
      }
    } finally {
      collector.interrupt();
      collector.join();
    }
  }

  @Test
  void collectionsAtAnyTimeChangeNoBit() throws InterruptedException {
    Attack attack = new Attack(6, TestDevice.orSkip()); // arrays that are small are moved
    assertCollectionsChangeNoBit(attack::found);
  }

  /** The same for whole networks, which takes minutes on a processor. */
  @ParameterizedTest
  @ValueSource(strings = {"madry", "resnet20"})
  @EnabledIfSystemProperty(named = "bagel.gpu.long", matches = "true")
  void collectionsChangeNoBitOfAWholeNetworksAttack(String net) throws InterruptedException {
    Victim here = net.equals("madry") ? Victim.madry(64) : Victim.resnet20(64);
    Victim there = here.on(TestDevice.orSkip());
    assertCollectionsChangeNoBit(() -> there.attacked(1, 10).array());
  }

  /** Opens, runs and closes, and prints the resident memory in KiB after each ten times. */
  static final class Cycles {
    public static void main(String[] args) throws IOException {
      Watched device = new Watched((OpenClDevice) new OpenCl().devices().get(0));
      for (int i = 1; i <= 130; i++) {
        new Attack(16, device).found();
        for (Resident open : device.loaded()) {
          open.close();
          open.close(); // twice is as good as once
        }
        device.loaded().clear();
        if (i % 10 == 0) {
          System.gc();
          System.out.println("after " + i + ": " + resident());
        }
      }
    }
  }

  /** The same, but nothing is closed: what nobody holds any more is given back. */
  static final class Dropped {
    public static void main(String[] args) throws Exception {
      Device device = new OpenCl().devices().get(0);
      for (int i = 1; i <= 130; i++) {
        new Attack(16, device).found();
        if (i % 10 == 0) {
          System.gc();
          Thread.sleep(200); // for the cleaner
          System.out.println("after " + i + ": " + resident());
        }
      }
    }
  }

  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IllegalStateException("no VmRSS");
  }

  private static void assertDoesNotGrow(Class<?> main) throws IOException, InterruptedException {
    String said =
        new ChildJvm()
            .environment("POCL_SIGFPE_HANDLER", "0")
            .option("-Xms256m")
            .option("-Xmx256m")
            .option("-XX:+AlwaysPreTouch") // so that the heap is there from the beginning
            .option("-XX:+UseSerialGC")
            .run(main);
    long warm = after(30, said);
    long last = after(130, said);
    assertTrue(last <= 1.05 * warm, said);
  }

  private static long after(int cycles, String said) {
    String begin = "after " + cycles + ": ";
    return said.lines()
        .filter(line -> line.startsWith(begin))
        .mapToLong(line -> Long.parseLong(line.substring(begin.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aHundredCyclesLeaveNothingBehind() throws IOException, InterruptedException {
    TestDevice.orSkip();
    assertDoesNotGrow(Cycles.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsDroppedIsGivenBack() throws IOException, InterruptedException {
    TestDevice.orSkip();
    assertDoesNotGrow(Dropped.class);
  }
}
