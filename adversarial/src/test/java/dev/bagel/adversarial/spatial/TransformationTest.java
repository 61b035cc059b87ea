package dev.bagel.adversarial.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Seeded.class)
class TransformationTest {
  private static final int TRIALS = 15;
  private static final Bounds WIDE = new Bounds(-2, 3);

  static Stream<Transformation> families() {
    return Stream.of(RotationTranslation.engstrom(), new Perspective(0.2), ColourShift.hsiung());
  }

  private static Tensor pictures(Shape shape, Bounds bounds, Rng rng) {
    return Tensor.uniform(shape, bounds.low(), bounds.high(), rng.at("x"));
  }

  /** Parameters within their limits, in shares of them. */
  private static Tensor theta(Transformation t, int n, double share, Rng rng) {
    List<Parameter> p = t.parameters();
    float[] theta = new float[n * p.size()];
    for (int k = 0; k < theta.length; k++) {
      double u = 2 * rng.at("theta").uniformDouble(k) - 1;
      theta[k] = (float) (share * u * p.get(k % p.size()).limit());
    }
    return Tensor.wrap(Shape.of(n, p.size()), theta);
  }

  @ParameterizedTest
  @MethodSource("families")
  void zeroParametersGiveThePictureToTheLastBit(Transformation t, Rng rng) {
    for (int channels : new int[] {1, 3}) {
      Tensor x = pictures(Shape.of(2, channels, 7, 10), Bounds.UNIT, rng);
      Tensor zero = Tensor.zeros(Shape.of(2, t.parameters().size()));
      assertEquals(x, t.apply(x, zero, Bounds.UNIT));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void picturesStayInsideAnyBounds(Transformation t, Rng rng) {
    for (Bounds bounds : List.of(Bounds.UNIT, WIDE, new Bounds(1, 2))) {
      Tensor x = pictures(Shape.of(20, 3, 9, 6), bounds, rng);
      bounds.check(t.apply(x, theta(t, 20, 1, rng), bounds));
    }
  }

  /** Sums over the plane of smooth pictures have no kinks in θ worth speaking of. */
  @ParameterizedTest
  @MethodSource("families")
  void theGradientInTheParametersIsTheSlope(Transformation t, Rng rng) {
    Shape shape = Shape.of(1, 3, 8, 11);
    float[] smooth = new float[shape.size()];
    boolean fades = !(t instanceof ColourShift); // to black: the border of a picture is a kink
    for (int k = 0; k < smooth.length; k++) {
      int channel = k / 88;
      double c = k % 11 - 5;
      double r = k / 11 % 8 - 3.5;
      smooth[k] =
          fades
              ? (float)
                  ((0.5 + 0.1 * channel) * Math.cos(Math.PI * c / 10) * Math.cos(Math.PI * r / 7))
              : (float) (0.5 + 0.2 * Math.cos(c / 5 + channel) * Math.cos(r / 4));
    }
    Tensor x = Tensor.wrap(shape, smooth);
    double[][] errors = new double[t.parameters().size()][TRIALS];
    for (int trial = 0; trial < TRIALS; trial++) {
      double[] each = slopeErrors(t, x, rng.at(trial));
      for (int p = 0; p < each.length; p++) {
        errors[p][trial] = each[p];
      }
    }
    for (double[] of : errors) {
      Arrays.sort(of);
      assertTrue(of[TRIALS / 3] < 0.02, t + ": " + Arrays.toString(of)); // the rest may be kinks
    }
  }

  /** By how much slopes differ from differences, which go across the kinks of bilinear pictures. */
  private static double[] slopeErrors(Transformation t, Tensor x, Rng rng) {
    Shape picture = x.shape().sub(1, 4);
    Tensor weights = Tensor.gaussian(Shape.of(1, 3, 1, 1), rng.at("w"));
    Tensor theta = theta(t, 1, 0.3, rng);
    Var matrices = Var.leaf(t.matrices(theta, picture));
    Var objective =
        t.apply(Var.constant(x), matrices, Bounds.UNIT).mul(Var.constant(weights)).sum();
    Tensor g = Grad.of(objective, matrices).get(0).value();
    double[] at = new double[theta.size()];
    Arrays.setAll(at, theta::get);
    double[][] jacobian = t.jacobian(at, picture);
    double[] errors = new double[at.length];
    for (int p = 0; p < at.length; p++) {
      double slope = 0;
      for (int j = 0; j < jacobian.length; j++) {
        slope += jacobian[j][p] * g.get(j);
      }
      double limit = t.parameters().get(p).limit();
      double h = 2e-3 * limit;
      double up = objective(t, x, weights, moved(theta, p, h));
      double down = objective(t, x, weights, moved(theta, p, -h));
      errors[p] = Math.abs((up - down) / (2 * h) - slope) * limit / (1 + Math.abs(slope * limit));
    }
    return errors;
  }

  private static Tensor moved(Tensor theta, int p, double h) {
    float[] moved = theta.toArray();
    moved[p] += (float) h;
    return Tensor.wrap(theta.shape(), moved);
  }

  private static double objective(Transformation t, Tensor x, Tensor weights, Tensor theta) {
    return t.apply(x, theta, Bounds.UNIT).mul(weights).sum().item();
  }

  // ---- rotation and translation
  // -------------------------------------------------------------------

  @Test
  void aQuarterTurnAnticlockwiseMovesEveryPixel(Rng rng) {
    Tensor x = pictures(Shape.of(1, 2, 5, 5), Bounds.UNIT, rng);
    Tensor y =
        new RotationTranslation(90, 0).apply(x, Tensor.of(Shape.of(1, 3), 90, 0, 0), Bounds.UNIT);
    for (int k = 0; k < x.size(); k++) {
      int row = k / 5 % 5;
      int column = k % 5;
      int from = k / 25 * 25 + column * 5 + 4 - row; // the right edge becomes the top
      assertEquals(x.get(from), y.get(k), 1e-6, "pixel " + k);
    }
  }

  @Test
  void wholeShiftsMovePixelsAndBlackComesIn(Rng rng) {
    for (Bounds bounds : List.of(Bounds.UNIT, WIDE)) {
      Tensor x = pictures(Shape.of(1, 1, 4, 6), bounds, rng);
      Tensor y =
          RotationTranslation.engstrom().apply(x, Tensor.of(Shape.of(1, 3), 0, 2, -1), bounds);
      for (int k = 0; k < 24; k++) {
        int row = k / 6 + 1;
        int column = k % 6 - 2;
        float expected = row > 3 || column < 0 ? bounds.low() : x.get(row * 6 + column);
        assertEquals(expected, y.get(k), "pixel " + k);
      }
    }
  }

  @Test
  void turningBackAndForthGivesTheMatrixOfNothing(Rng rng) {
    RotationTranslation t = new RotationTranslation(180, 0);
    Shape picture = Shape.of(1, 6, 9);
    double angle = 300 * rng.uniformDouble(0) - 150;
    double[] there = new double[9];
    double[] back = new double[9];
    t.fill(new double[] {angle, 0, 0}, picture, there);
    t.fill(new double[] {-angle, 0, 0}, picture, back);
    for (int k = 0; k < 9; k++) {
      double product = 0;
      for (int j = 0; j < 3; j++) {
        product += there[k / 3 * 3 + j] * back[j * 3 + k % 3];
      }
      assertEquals(k % 4 == 0 ? 1 : 0, product, 1e-12);
    }
  }

  // ---- perspective
  // --------------------------------------------------------------------------------

  @Test
  void cornersGoWhereTheyAreToldTo(Rng rng) {
    Perspective t = new Perspective(0.24);
    Shape picture = Shape.of(1, 21, 31);
    double[][] corners = {{0, 0}, {30, 0}, {30, 20}, {0, 20}};
    for (int trial = 0; trial < 50; trial++) {
      double[] theta = new double[8];
      double[] m = new double[9];
      for (int p = 0; p < 8; p++) {
        theta[p] = 0.48 * rng.at(trial).uniformDouble(p) - 0.24;
      }
      t.fill(theta, picture, m);
      for (int c = 0; c < 4; c++) {
        double x = corners[c][0] + 30 * theta[2 * c];
        double y = corners[c][1] + 20 * theta[2 * c + 1];
        double w = m[6] * x + m[7] * y + m[8];
        assertTrue(w > 0, "trial " + trial + ": a corner beyond the horizon");
        assertEquals(corners[c][0], (m[0] * x + m[1] * y + m[2]) / w, 1e-9);
        assertEquals(corners[c][1], (m[3] * x + m[4] * y + m[5]) / w, 1e-9);
      }
    }
  }

  @Test
  void cornersMayNotMeet() {
    assertThrows(IllegalArgumentException.class, () -> new Perspective(0.25));
  }

  // ---- colours
  // ------------------------------------------------------------------------------------

  private static Tensor shifted(Tensor x, double... theta) {
    float[] row = new float[4];
    for (int p = 0; p < 4; p++) {
      row[p] = (float) theta[p];
    }
    return ColourShift.hsiung().apply(x, Tensor.wrap(Shape.of(1, 4), row), Bounds.UNIT);
  }

  @Test
  void aThirdOfACircleTurnsRedIntoGreen() {
    Tensor red = Tensor.of(Shape.of(1, 3, 1, 1), 0.9f, 0.2f, 0.2f);
    Tensor turned = shifted(red, 120, 0, 0, 0);
    assertEquals(0.2, turned.get(0), 1e-6);
    assertEquals(0.9, turned.get(1), 1e-6);
    assertEquals(0.2, turned.get(2), 1e-6);
  }

  @Test
  void noSaturationIsLumaAndGreysHaveNoHue() {
    Tensor colour = Tensor.of(Shape.of(1, 3, 1, 1), 0.1f, 0.6f, 0.3f);
    Tensor grey = shifted(colour, 0, -1, 0, 0);
    for (int c = 0; c < 3; c++) {
      assertEquals(0.299 * 0.1 + 0.587 * 0.6 + 0.114 * 0.3, grey.get(c), 1e-6);
      assertEquals(grey.get(c), shifted(grey, 77, 0.3, 0, 0).get(c), 1e-6);
    }
  }

  @Test
  void greyPicturesAreLikeColourPicturesOfGrey(Rng rng) {
    Tensor grey = pictures(Shape.of(1, 1, 3, 4), Bounds.UNIT, rng);
    Tensor three = grey.broadcastTo(Shape.of(1, 3, 3, 4));
    double[] theta = {100, 0.2, 0.1, -0.3};
    Tensor y = shifted(grey, theta);
    Tensor y3 = shifted(three, theta);
    for (int k = 0; k < 36; k++) {
      assertEquals(y.get(k % 12), y3.get(k), 1e-6);
      double expected = (grey.get(k % 12) - 0.5) * 0.7 + 0.5 + 0.1;
      assertEquals(expected, y.get(k % 12), 1e-6);
    }
  }

  @Test
  void whatCannotBeChangedIsRefused() {
    Tensor flat = Tensor.zeros(Shape.of(2, 784));
    Tensor four = Tensor.zeros(Shape.of(1, 4, 2, 2));
    Tensor grey = Tensor.zeros(Shape.of(1, 1, 2, 2));
    Tensor theta = Tensor.zeros(Shape.of(1, 4));
    ColourShift colours = ColourShift.hsiung();
    assertThrows(AttackException.class, () -> colours.apply(flat, theta, Bounds.UNIT));
    assertThrows(AttackException.class, () -> colours.apply(four, theta, Bounds.UNIT));
    assertThrows(AttackException.class, () -> colours.apply(grey, theta, Bounds.NONE));
  }
}
