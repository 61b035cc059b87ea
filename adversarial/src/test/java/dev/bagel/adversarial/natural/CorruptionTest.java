package dev.bagel.adversarial.natural;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class CorruptionTest {
  private static final Bounds WIDE = new Bounds(-2, 3);

  private static Tensor pictures(int n, int channels, int h, int w, Bounds bounds, Rng rng) {
    return Tensor.uniform(
        Shape.of(n, channels, h, w), bounds.low(), bounds.high(), rng.at("pictures"));
  }

  @ParameterizedTest
  @EnumSource
  void everyKindStaysInsideAnyBounds(Corruption c, Rng rng) {
    for (Bounds bounds : List.of(Bounds.UNIT, WIDE)) {
      for (int channels : new int[] {1, 3}) {
        Tensor x = pictures(3, channels, 20, 13, bounds, rng);
        for (int s = 1; s <= Corruption.SEVERITIES; s++) {
          Tensor y = c.apply(x, s, bounds, Seeds.of(1, 3));
          assertEquals(x.shape(), y.shape());
          bounds.check(y);
          assertNotEquals(x, y, c + " " + s + " does something");
        }
      }
    }
  }

  /** In units of the bounds: a picture in −2 … 3 is corrupted as it is in 0 … 1. */
  @ParameterizedTest
  @EnumSource
  void boundsAreOnlyUnits(Corruption c, Rng rng) {
    Tensor x = pictures(2, 3, 16, 16, Bounds.UNIT, rng);
    Tensor y = c.apply(x, 3, Bounds.UNIT, Seeds.of(1, 2));
    Tensor wide = c.apply(x.mul(5).add(-2), 3, WIDE, Seeds.of(1, 2));
    for (int i = 0; i < y.size(); i++) {
      assertEquals(5 * y.get(i) - 2, wide.get(i), 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDrawnDependsOnTheExampleAlone(Corruption c, Rng rng) {
    Tensor x = pictures(5, 3, 16, 18, Bounds.UNIT, rng);
    Tensor whole = c.apply(x, 3, Bounds.UNIT, Seeds.of(1, 5));
    int[] some = {4, 2};
    assertEquals(
        whole.rows(some), c.apply(x.rows(some), 3, Bounds.UNIT, Seeds.of(1, 5).rows(some)));
    int before = Parallel.threads();
    try {
      Parallel.threads(3);
      assertEquals(whole, c.apply(x, 3, Bounds.UNIT, Seeds.of(1, 5)));
    } finally {
      Parallel.threads(before);
    }
  }

  /** The large numbers are for pictures of 224 pixels: here one of 80, each severity once. */
  @ParameterizedTest
  @EnumSource
  void largePicturesHaveTheirOwnNumbers(Corruption c, Rng rng) {
    Tensor x = pictures(1, 1, 80, 72, Bounds.UNIT, rng);
    for (int s = 1; s <= Corruption.SEVERITIES; s++) {
      Bounds.UNIT.check(c.apply(x, s, Bounds.UNIT, Seeds.of(1, 1)));
    }
  }

  /**
   * The severest is farther from the picture than the mildest, and in between it rises on the
   * average over the kinds. Not for each: the authors' elastic begins with a larger affine map, and
   * glass goes from one round of 0.4 to two of 0.25.
   */
  @Test
  void severityRises() throws IOException {
    Tensor x = Datasets.open("fashion-mnist", Split.TEST).slice(0, 40).all().x();
    double[] mean = new double[Corruption.SEVERITIES];
    for (Corruption c : Corruption.values()) {
      double[] far = new double[Corruption.SEVERITIES];
      for (int s = 1; s <= Corruption.SEVERITIES; s++) {
        Tensor delta = c.apply(x, s, Bounds.UNIT, Seeds.of(1, 40)).sub(x);
        far[s - 1] = Math.sqrt(delta.dot(delta) / delta.size());
        mean[s - 1] += far[s - 1] / Corruption.values().length;
      }
      if (c != Corruption.ELASTIC) {
        assertTrue(far[4] > far[0], c + ": " + Arrays.toString(far));
      }
    }
    for (int s = 1; s < Corruption.SEVERITIES; s++) {
      assertTrue(mean[s] > mean[s - 1], Arrays.toString(mean));
    }
  }

  // ---- closed forms
  // -------------------------------------------------------------------------------

  private static Tensor grey(float value, int side) {
    return Tensor.full(Shape.of(1, 1, side, side), value);
  }

  private static double[] moments(Tensor y) {
    double mean = 0;
    double square = 0;
    for (int i = 0; i < y.size(); i++) {
      mean += y.get(i) / y.size();
      square += (double) y.get(i) * y.get(i) / y.size();
    }
    return new double[] {mean, Math.sqrt(square - mean * mean)};
  }

  @Test
  void noiseHasItsMoments() {
    Tensor x = grey(0.5f, 64);
    double[] gaussian = moments(Corruption.GAUSSIAN_NOISE.apply(x, 3, Bounds.UNIT, Seeds.of(1, 1)));
    assertEquals(0.5, gaussian[0], 0.01);
    assertEquals(0.08, gaussian[1], 0.005);
    double[] shot = moments(Corruption.SHOT_NOISE.apply(x, 3, Bounds.UNIT, Seeds.of(1, 1)));
    assertEquals(0.5, shot[0], 0.01);
    assertEquals(Math.sqrt(0.5 / 100), shot[1], 0.005); // the variance of Poisson(c x) / c is x/c
    Tensor impulse = Corruption.IMPULSE_NOISE.apply(x, 5, Bounds.UNIT, Seeds.of(1, 1));
    double[] changed = moments(impulse);
    assertEquals(0.5, changed[0], 0.01);
    assertEquals(Math.sqrt(0.07 / 4), changed[1], 0.02); // ±½ with probability 0.07
  }

  @Test
  void blursKeepAnEvenPictureAndItsSum(Rng rng) {
    for (Corruption c : Corruption.values()) {
      if (c.family() == Corruption.Family.BLUR) {
        Tensor y = c.apply(grey(0.3f, 20), 5, Bounds.UNIT, Seeds.of(1, 1));
        for (int i = 0; i < y.size(); i++) {
          assertEquals(0.3, y.get(i), 1e-5, c.label());
        }
      }
    }
    float[] point = new float[21 * 21];
    point[10 * 21 + 10] = 1;
    Tensor x = Tensor.wrap(Shape.of(1, 1, 21, 21), point);
    for (Corruption c : List.of(Corruption.DEFOCUS_BLUR, Corruption.GLASS_BLUR)) {
      assertEquals(1, c.apply(x, 5, Bounds.UNIT, Seeds.of(1, 1)).sum().item(), 1e-4, c.label());
    }
  }

  @Test
  void contrastAndBrightnessAreWhatTheySay() {
    Tensor x = Tensor.of(Shape.of(1, 1, 1, 2), 0.2f, 0.6f);
    Tensor flat = Corruption.CONTRAST.apply(x, 2, Bounds.UNIT, Seeds.of(1, 1));
    assertEquals(0.3, flat.get(0), 1e-6);
    assertEquals(0.5, flat.get(1), 1e-6);
    Tensor colour = Tensor.of(Shape.of(1, 3, 1, 1), 0.4f, 0.2f, 0.1f);
    Tensor bright = Corruption.BRIGHTNESS.apply(colour, 4, Bounds.UNIT, Seeds.of(1, 1));
    assertEquals(0.6, bright.get(0), 1e-6);
    assertEquals(0.3, bright.get(1), 1e-6);
    assertEquals(0.15, bright.get(2), 1e-6);
  }

  @Test
  void pixelsKeepTheirMean(Rng rng) {
    double[][] half = {{0, 0}, {0, 0}};
    Picture x = new Picture(1, 4, 4, pictures(1, 1, 4, 4, Bounds.UNIT, rng).toArray());
    Picture y = Digital.pixelate(x, new Severity(2, false), rng); // a half
    for (int i = 0; i < 16; i++) {
      half[i / 8][i % 4 / 2] += x.v[i] / 4;
    }
    for (int i = 0; i < 16; i++) {
      assertEquals(half[i / 8][i % 4 / 2], y.v[i], 1e-6);
    }
  }

  @Test
  void aGoodJpegIsNearlyThePicture() {
    float[] ramp = new float[32 * 32];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (i % 32 + i / 32) / 62f;
    }
    for (Picture x : List.of(new Picture(1, 32, 32, ramp), new Picture(3, 32, 32, three(ramp)))) {
      Picture y = Jpeg.again(x, 1);
      for (int i = 0; i < x.v.length; i++) {
        assertEquals(x.v[i], y.v[i], 0.02);
      }
    }
  }

  private static float[] three(float... plane) {
    float[] all = new float[3 * plane.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = plane[i % plane.length];
    }
    return all;
  }

  @Test
  void poissonNumbersFollowTheirDistribution() {
    assertEquals(0, Noises.poisson(2, 0.99 * Math.exp(-2)));
    assertEquals(1, Noises.poisson(2, 1.01 * Math.exp(-2)));
    assertEquals(0, Noises.poisson(0, 0.999));
    assertEquals(500, Noises.poisson(500, 0.5), 1);
  }

  // ---- what is refused
  // ----------------------------------------------------------------------------

  @Test
  void thereIsNoSeverityZero() {
    for (int s : new int[] {0, 6}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Corruption.FOG.apply(grey(0, 4), s, Bounds.UNIT, Seeds.of(1, 1)));
    }
  }

  @Test
  void whatIsNoPictureIsRefused() {
    Seeds one = Seeds.of(1, 1);
    Tensor two = Tensor.zeros(Shape.of(1, 2, 4, 4));
    assertThrows(AttackException.class, () -> Corruption.FOG.apply(two, 1, Bounds.UNIT, one));
    assertThrows(
        AttackException.class, () -> Corruption.FOG.apply(grey(0, 4), 1, Bounds.NONE, one));
    assertThrows(
        IllegalArgumentException.class,
        () -> Corruption.FOG.apply(grey(0, 4), 1, Bounds.UNIT, Seeds.of(1, 2)));
  }

  @ParameterizedTest
  @EnumSource
  void onePixelAndNoPictureAreEnough(Corruption c) {
    Bounds.UNIT.check(c.apply(grey(0.5f, 1), 5, Bounds.UNIT, Seeds.of(1, 1)));
    Tensor none = Tensor.zeros(Shape.of(0, 3, 8, 8));
    assertEquals(none, c.apply(none, 1, Bounds.UNIT, Seeds.of(1, 0)));
  }
}
