package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Program;
import dev.bagel.tensor.kernel.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much memory programs take, found without a device. */
class LayoutTest {
  /** Takes the measure of programs, and runs none. */
  private record Scale(List<Integer> sizes) implements Device {
    @Override
    public String name() {
      return "scale";
    }

    @Override
    public boolean isAccelerator() {
      return true;
    }

    @Override
    public Loaded load(Program program) {
      sizes.add(new Layout(program).size());
      return new Loaded() {
        @Override
        public void run(int times) {}

        @Override
        public Span output(int i) {
          throw new DeviceException("nothing was run");
        }
      };
    }
  }

  private static void assertFits(Victim victim) {
    List<Integer> sizes = new ArrayList<>();
    victim.on(new Scale(sizes)).attacked(20);
    assertEquals(1, sizes.size(), "programs");
    assertTrue(sizes.get(0) > victim.images().size(), "elements: " + sizes);
  }

  @Test
  void largeBatchesOfMadrysNetFitOneBuffer() {
    assertFits(Victim.madry(1024));
  }

  @Test
  void largeBatchesOfResNet18FitOneBuffer() {
    assertFits(Victim.resnet18(256));
  }
}
