package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Program;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DeviceOptionsTest {
  private static final Model HERE = Model.init(Layer.dense(4, 3), Shape.of(4), Rng.of(1));
  private static final Pgd PGD = Pgd.in(Ball.linf(0.1));

  /** A card that is never asked for anything. */
  private record Card(String name) implements Device {
    @Override
    public boolean isAccelerator() {
      return true;
    }

    @Override
    public Loaded load(Program program) {
      throw new UnsupportedOperationException();
    }
  }

  private static String noted(Model model, Attack attack) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    DeviceOptions.noteSteps(model, attack, "it", new Console(err, err, () -> false));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anAttackThatComesBackFromItsDeviceBetweenStepsSaysSo() {
    Model there = HERE.on(new Card("card 7"));
    assertEquals("", noted(there, PGD));
    assertEquals("", noted(there, PGD.restarts(3)));
    assertTrue(noted(there, PGD.untilSuccess(true)).contains("computed on card 7"));
    assertTrue(noted(there, AutoAttack.standard(Ball.linf(0.1))).contains("between its steps"));
    Pgd drawn = PGD.gradient(GradientSource.nes());
    assertTrue(noted(there, drawn).contains("between its steps"));
    assertEquals("", noted(HERE, AutoAttack.standard(Ball.linf(0.1))));
  }
}
