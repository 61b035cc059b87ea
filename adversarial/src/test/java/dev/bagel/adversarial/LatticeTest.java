package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class LatticeTest {
  private static final int N = 60;
  private static final Shape IMAGE = Shape.of(1, 8, 8);

  /** A net that is undecided about the middle of its box, so that no class has it all. */
  private static Classifier net(Bounds bounds, Rng rng) {
    Layer layers =
        Layer.sequential(Layer.flatten(), Layer.dense(64, 32), Layer.relu(), Layer.dense(32, 4));
    Model net = Model.init(layers, IMAGE, rng);
    float middle = (bounds.low() + bounds.high()) / 2;
    Tensor there = net.scores(Tensor.full(Shape.of(1).concat(IMAGE), middle));
    return Classifier.of(x -> net.logits(x).sub(Var.constant(there)), bounds);
  }

  private static Tensor pictures(Bounds bounds, Rng rng) {
    Tensor x = Tensor.uniform(Shape.of(N).concat(IMAGE), bounds.low(), bounds.high(), rng.at("x"));
    return Lattice.BYTES.nearest(x, bounds);
  }

  private static double radius(Norm norm, Bounds bounds) {
    double width = bounds.high() - bounds.low();
    return switch (norm) {
      case LINF -> width * 8 / 255;
      case L2 -> width * 0.25;
      case L1 -> width * 1.2;
      case L0 -> 2;
    };
  }

  /** Every level of 8 bits is the very float that reading a file gives. */
  @Test
  void levelsAreWhatFilesHold() {
    float[] bytes = new float[256];
    for (int b = 0; b < 256; b++) {
      bytes[b] = b / 255f;
    }
    Tensor x = Tensor.of(Shape.of(1, 256), bytes);
    assertEquals(x, Lattice.BYTES.nearest(x, Bounds.UNIT));
    assertEquals(x, Lattice.BYTES.nearest(x.add(0.001f).clamp(0, 1), Bounds.UNIT));
  }

  @Test
  void whatIsOnALatticeIsOnItWhateverItsSize(Rng rng) {
    for (int levels : new int[] {1, 255, 1023, 65535}) {
      Lattice lattice = new Lattice(levels);
      for (Bounds bounds :
          List.of(Bounds.UNIT, new Bounds(-2.1f, 2.6f), new Bounds(-128, 128), new Bounds(9, 10))) {
        Tensor x = Tensor.uniform(Shape.of(1, 400), bounds.low(), bounds.high(), rng.at(levels));
        Tensor near = lattice.nearest(x, bounds);
        lattice.check(near, bounds);
        assertEquals(near, lattice.nearest(near, bounds));
        double level = ((double) bounds.high() - bounds.low()) / levels;
        assertTrue(Ball.distances(Norm.LINF, near, x)[0] <= 0.51 * level);
      }
    }
    Bounds far = new Bounds(1000, 1001); // 16,384 floats
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Lattice(65535).nearest(Tensor.full(Shape.of(1, 1), 1000), far))
            .getMessage();
    assertTrue(said.contains("65536 levels"), said);
  }

  /** A ball of whole levels is filled to its border, however small the levels are. */
  @Test
  void aBallIsUsedToItsBorder(Rng rng) {
    for (int levels : new int[] {255, 65535}) {
      Lattice lattice = new Lattice(levels);
      Classifier f = net(Bounds.UNIT, rng);
      Tensor x = lattice.nearest(pictures(Bounds.UNIT, rng).clamp(0.2f, 0.8f), Bounds.UNIT);
      double epsilon = 5.0 / levels;
      Goal goal = Goal.untargeted(f.predict(x));
      Found found = Pgd.fgsm(Ball.linf(epsilon)).onLattice(lattice).run(f, x, goal, Seeds.of(0, N));
      for (double distance : Ball.distances(Norm.LINF, found.x(), x)) {
        assertEquals(epsilon, distance, 0.01 / levels, levels + " levels");
      }
    }
  }

  /** Moves two elements just as far as it takes. */
  record Pair() implements MinimalAttack {
    @Override
    public Norm norm() {
      return Norm.L0;
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      boolean[] ever = new boolean[goal.size()];
      Tensor found = x;
      for (int t = 2000; t > 0; t--) {
        float[] moved = x.toArray();
        for (int i = 0; i < ever.length; i++) {
          moved[64 * i] = t / 2000f * 0.7f;
          moved[64 * i + 1] = t / 2000f;
        }
        Tensor at = Tensor.wrap(x.shape(), moved);
        boolean[] now = goal.reached(f.scores(at));
        for (int i = 0; i < now.length; i++) {
          if (now[i]) {
            ever[i] = true;
            found = found.withRows(new int[] {i}, at.rows(i));
          }
        }
      }
      return new Found(found, ever, Cost.NONE);
    }
  }

  /** Of what was left alone nothing moves. */
  @Test
  void aSparseAttackStaysSparse(Rng rng) {
    Tensor pull = Tensor.full(Shape.of(64, 1), 0.9f);
    pull = pull.withRows(new int[] {0, 1}, Tensor.full(Shape.of(2, 1), 1));
    Var sum = Var.constant(pull);
    Classifier f =
        Classifier.of(
            x -> {
              Var z = x.reshape(x.shape().dim(0), 64).matmul(sum).sub(29.4f);
              return Var.concat(1, z.mul(0), z);
            },
            Bounds.UNIT);
    Tensor x = pictures(Bounds.UNIT, rng);
    Goal goal = Goal.untargeted(f.predict(x));
    Found loose = new Pair().run(f, x, goal, Seeds.of(0, N));
    Found found = new Pair().onLattice(Lattice.BYTES).run(f, x, goal, Seeds.of(0, N));
    assertArrayEquals(loose.success(), found.success());
    assertTrue(loose.rate() > 0.2, loose.rate() + " is all");
    double[] after = Ball.distances(Norm.L0, found.x(), x);
    for (int i = 0; i < N; i++) {
      assertTrue(after[i] <= 2, after[i] + " elements");
    }
  }

  /** With a minimal attack's kind of precision: it stops right behind the boundary. */
  @Test
  void whatIsSavedAndReadIsStillAdversarial(@TempDir Path folder, Rng rng) throws IOException {
    Classifier f = net(Bounds.UNIT, rng);
    Tensor x = pictures(Bounds.UNIT, rng);
    int[] y = f.predict(x);
    BallAttack attack =
        Pgd.in(Ball.linf(8 / 255.)).untilSuccess(true).stepSize(0.3 / 255).steps(60);
    Found loose = attack.run(f, x, Goal.untargeted(y), Seeds.of(0, N));
    Found found = attack.onLattice(Lattice.BYTES).run(f, x, Goal.untargeted(y), Seeds.of(0, N));
    assertTrue(found.rate() >= 0.99 * loose.rate(), found.rate() + " of " + loose.rate());
    assertTrue(loose.rate() > 0.05, "a radius too small to tell");
    for (int i = 0; i < N; i++) {
      Path file = folder.resolve("%03d.png".formatted(i));
      PngFile.write(file, found.x().rows(i).reshape(IMAGE), Bounds.UNIT);
    }
    Tensor read = ImageFiles.at(folder).read(IMAGE).all().x();
    assertEquals(found.x(), read);
    assertArrayEquals(found.success(), Goal.untargeted(y).reached(f.scores(read)));
  }

  @ParameterizedTest
  @EnumSource
  void nobodyLeavesBallBoxOrLattice(Norm norm, Rng rng) {
    for (Bounds bounds : new Bounds[] {Bounds.UNIT, new Bounds(-2, 3)}) {
      Classifier f = net(bounds, rng);
      Tensor x = pictures(bounds, rng);
      Ball ball = new Ball(norm, radius(norm, bounds));
      Pgd pgd = Pgd.in(ball);
      BallAttack attack = pgd.onLattice(Lattice.BYTES);
      Goal goal = Goal.untargeted(f.predict(x));
      Found found = attack.run(f, x, goal, Seeds.of(0, N));
      bounds.check(found.x());
      Lattice.BYTES.check(found.x(), bounds);
      double most = Arrays.stream(Ball.distances(norm, found.x(), x)).max().orElseThrow();
      assertTrue(most <= ball.epsilon() * (1 + 1e-5) + 1e-6, norm + ": " + most);
      assertArrayEquals(goal.reached(f.scores(found.x())), found.success());
      double plain = pgd.run(f, x, goal, Seeds.of(0, N)).rate();
      assertTrue(plain > 0.05 && found.rate() >= 0.9 * plain, found.rate() + " of " + plain);
    }
  }

  @Test
  void aMinimalAttackGoesToTheNextLevel(Rng rng) {
    Classifier f = net(Bounds.UNIT, rng);
    Tensor x = pictures(Bounds.UNIT, rng);
    int[] y = f.predict(x);
    MinimalAttack exact = new Bisection(Norm.LINF);
    Found loose = exact.run(f, x, Goal.untargeted(y), Seeds.of(0, N));
    Found found = exact.onLattice(Lattice.BYTES).run(f, x, Goal.untargeted(y), Seeds.of(0, N));
    Lattice.BYTES.check(found.x(), Bounds.UNIT);
    assertArrayEquals(loose.success(), found.success());
    double[] before = Ball.distances(Norm.LINF, loose.x(), x);
    double[] after = Ball.distances(Norm.LINF, found.x(), x);
    for (int i = 0; i < N; i++) {
      assertTrue(after[i] <= before[i] + 2 / 255., before[i] + " became " + after[i]);
    }
  }

  /** The first point that falls on the way of one FGSM step. */
  record Bisection(Norm norm) implements MinimalAttack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Tensor far = Pgd.fgsm(new Ball(norm, 1)).on(f, x, goal, seeds).x();
      boolean[] ever = new boolean[goal.size()];
      Tensor found = x;
      for (int t = 400; t > 0; t--) {
        Tensor at = x.add(far.sub(x).mul(t / 400f));
        boolean[] now = goal.reached(f.scores(at));
        for (int i = 0; i < now.length; i++) {
          if (now[i]) {
            ever[i] = true;
            found = found.withRows(new int[] {i}, at.rows(i));
          }
        }
      }
      return new Found(found, ever, Cost.NONE);
    }
  }

  @Test
  void inputsBetweenLevelsAreRefused(Rng rng) {
    Classifier f = net(Bounds.UNIT, rng);
    Tensor x = pictures(Bounds.UNIT, rng).mul(0.999f);
    BallAttack attack = Pgd.in(Ball.linf(0.1)).onLattice(Lattice.BYTES);
    Goal goal = Goal.untargeted(f.predict(x));
    String said =
        assertThrows(IllegalArgumentException.class, () -> attack.run(f, x, goal, Seeds.of(0, N)))
            .getMessage();
    assertTrue(said.contains("between two of 256 levels"), said);
    assertThrows(IllegalArgumentException.class, () -> Lattice.BYTES.nearest(x, Bounds.NONE));
  }
}
