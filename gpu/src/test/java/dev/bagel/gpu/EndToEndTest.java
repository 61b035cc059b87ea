package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aparapi.device.OpenCLDevice;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PGD on whole networks: one launch, and where the cores of this machine come to. */
class EndToEndTest {
  private static Victim victim(String name, int batch) {
    return name.equals("madry") ? Victim.madry(batch) : Victim.resnet20(batch);
  }

  /**
   * All steps are one launch. A relu that one side finds just above 0 and the other just below
   * changes the gradient of its image a little, and a gradient next to 0 sends its pixel the other
   * way; what that makes of the points does not show in the loss, nor in how few pixels differ
   * after each single step.
   */
  @ParameterizedTest
  @CsvSource({"madry, 16, 10", "resnet20, 4, 10"})
  void tenStepsAreOneLaunchAndAgree(String name, int batch, int steps) {
    List<Resident> loaded = new ArrayList<>();
    AtomicInteger launches = new AtomicInteger();
    MemoryTest.Delegate device =
        new MemoryTest.Delegate(
            TestDevice.orSkip(),
            r -> {
              loaded.add(r);
              r.kernel()
                  .registerProfileReportObserver(
                      (kernel, on, report) -> {
                        assertTrue(on instanceof OpenCLDevice, "ran on " + on);
                        launches.incrementAndGet();
                      });
            });
    Victim here = victim(name, batch);
    Victim there = here.on(device);
    Tensor found = there.attacked(steps);
    assertEquals(1, loaded.size(), "one plan");
    assertEquals(1, launches.get(), "one launch");
    loaded.get(0).kernel().registerProfileReportObserver(null); // it is the class's, in this JVM
    Tensor wanted = here.attacked(steps);
    assertEquals(here.loss(wanted), here.loss(found), 0.01 * here.loss(wanted));
    assertTrue(Victim.error(here.model().scores(found), there.model().scores(found)) <= 1e-4);
    Tensor x = here.images();
    for (int step = 0; step < steps; step++) {
      Tensor next = here.attacked(x, 1);
      double apart = Victim.apart(next, there.attacked(x, 1));
      assertTrue(apart <= 1e-3, "step " + step + ": " + apart + " of the pixels differ");
      x = next;
    }
  }
}
