package dev.bagel.nn.onnx;

import static dev.bagel.nn.onnx.ValuesTest.floats;
import static dev.bagel.nn.onnx.ValuesTest.real;
import static dev.bagel.nn.onnx.ValuesTest.result;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of another size, against the examples of ONNX's documentation and against invariants. */
@ExtendWith(Seeded.class)
class ResamplingTest {
  private static final Tensor FOUR = Tensor.of(Shape.of(1, 1, 2, 4), 1, 2, 3, 4, 5, 6, 7, 8);

  private static Tensor ramp(int n) {
    float[] y = new float[n * n];
    for (int i = 0; i < y.length; i++) {
      y[i] = i + 1;
    }
    return Tensor.of(Shape.of(1, 1, n, n), y);
  }

  private static Tensor scaled(Tensor x, float by, Map<String, Object> how) {
    return result("Resize", 19, how, real(x), null, real(Shape.of(4), 1, 1, by, by));
  }

  private static Map<String, Object> how(String mode, String coordinates) {
    Map<String, Object> how = new HashMap<>();
    how.put("mode", mode);
    how.put("coordinate_transformation_mode", coordinates);
    return how;
  }

  @ParameterizedTest
  @CsvSource({
    "linear, half_pixel, '1 1.25 1.75 2'",
    "linear, align_corners, '1 1.33333333 1.66666667 2'",
    "linear, asymmetric, '1 1.5 2 2'",
    "linear, pytorch_half_pixel, '1 1.25 1.75 2'",
    "nearest, half_pixel, '1 1 2 2'",
    "nearest, asymmetric, '1 1 2 2'",
  })
  void twoPixelsBecomeFour(String mode, String coordinates, String row) {
    Tensor y = scaled(Tensor.of(Shape.of(1, 1, 2, 2), 1, 2, 3, 4), 2, how(mode, coordinates));
    assertEquals(Shape.of(1, 1, 4, 4), y.shape());
    assertArrayEquals(floats(row), y.reshape(4, 4).slice(0, 1).toArray(), 1e-6f);
  }

  @ParameterizedTest
  @CsvSource({
    "half_pixel, '0.47265625 0.76953125 1.24609375 1.875 2.28125 2.91015625 3.38671875 3.68359375'",
    "align_corners, '1 1.34110796 1.80029082 2.32944798 2.67055368 3.19970822 3.65889263 4'",
    "asymmetric, '1 1.40625 2 2.5 3 3.59375 4 4.09375'",
  })
  void fourPixelsBecomeEightAlongACubic(String coordinates, String row) {
    Tensor y = scaled(ramp(4), 2, how("cubic", coordinates));
    assertArrayEquals(floats(row), y.reshape(8, 8).slice(0, 1).toArray(), 1e-5f);
  }

  @Test
  void fewerPixels() {
    assertArrayEquals(floats("1 3"), scaled(FOUR, 0.6f, how("nearest", "half_pixel")).toArray());
    assertArrayEquals(
        floats("2.6666665 4.3333331"),
        scaled(FOUR, 0.6f, how("linear", "half_pixel")).toArray(),
        1e-5f);
    assertArrayEquals(
        floats("1 3.142857"), scaled(FOUR, 0.6f, how("linear", "align_corners")).toArray(), 1e-5f);
    assertArrayEquals(
        floats(
            "1.47119141 2.78125 4.08251953 6.71142578 8.02148438 9.32275391 11.91650391"
                + " 13.2265625 14.52783203"),
        scaled(ramp(4), 0.8f, how("cubic", "half_pixel")).toArray(),
        1e-4f);
  }

  @Test
  void whatLiesOutsideMayBeLeftOut() {
    Map<String, Object> how = how("cubic", "half_pixel");
    how.put("exclude_outside", 1L);
    how.put("cubic_coeff_a", -0.5f);
    Tensor y = scaled(ramp(4), 2, how);
    assertArrayEquals(
        floats(
            "0.55882353 0.81494204 1.35698249 1.89705882 2.39705882 2.93713516 3.47917561"
                + " 3.73529412"),
        y.reshape(8, 8).slice(0, 1).toArray(),
        1e-5f);
  }

  @Test
  void fewerPixelsMayBeMeansOfMany() {
    Map<String, Object> how = how("linear", "half_pixel");
    how.put("antialias", 1L);
    assertArrayEquals(floats("2.875 4.5"), scaled(FOUR, 0.6f, how).toArray(), 1e-5f);
  }

  @Test
  void aRegionMayBeCutOut() {
    Map<String, Object> how = how("linear", "tf_crop_and_resize");
    how.put("extrapolation_value", 10f);
    Tensor y =
        result(
            "Resize",
            19,
            how,
            real(ramp(4)),
            real(Shape.of(8), 0, 0, 0.4f, 0.6f, 1, 1, 1.2f, 1.7f),
            null,
            Numbers.list(1, 1, 3, 3));
    assertArrayEquals(floats("7.6000004 10 10 12.400001 10 10 10 10 10"), y.toArray(), 1e-4f);
  }

  @Test
  void theAspectMayBeKept() {
    Map<String, Object> how = how("nearest", "half_pixel");
    how.put("axes", List.of(2L, 3L));
    how.put("keep_aspect_ratio_policy", "not_larger");
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    assertEquals(
        Shape.of(1, 1, 7, 7),
        result("Resize", 18, how, real(x), null, null, Numbers.list(7, 8)).shape());
    how.put("keep_aspect_ratio_policy", "not_smaller");
    assertEquals(
        Shape.of(1, 1, 8, 8),
        result("Resize", 18, how, real(x), null, null, Numbers.list(7, 8)).shape());
  }

  @Test
  void oldVersionsRepeatPixels() {
    Value x = real(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    Value scales = real(Shape.of(4), 1, 1, 2, 3);
    float[] expected = floats("1 1 1 2 2 2 1 1 1 2 2 2 3 3 3 4 4 4 3 3 3 4 4 4");
    assertArrayEquals(expected, result("Upsample", 9, Map.of(), x, scales).toArray());
    assertArrayEquals(expected, result("Resize", 10, Map.of(), x, scales).toArray());
    Map<String, Object> attribute = Map.of("scales", List.of(1f, 1f, 2f, 3f));
    assertArrayEquals(expected, result("Upsample", 7, attribute, x).toArray());
  }

  /** Weights sum to one, whatever the way: a grey image stays grey. */
  @ParameterizedTest
  @CsvSource({
    "nearest, half_pixel, 0", "linear, half_pixel_symmetric, 0", "linear, half_pixel, 1",
    "cubic, align_corners, 0", "cubic, half_pixel, 1", "linear, asymmetric, 0"
  })
  void aGreyImageStaysGrey(String mode, String coordinates, long antialias, Rng rng) {
    Map<String, Object> how = how(mode, coordinates);
    how.put("antialias", antialias);
    for (float scale : new float[] {0.31f, 0.5f, 1.7f, 3}) {
      Tensor y = scaled(Tensor.full(Shape.of(1, 2, 7, 9), 5), scale, how);
      assertArrayEquals(Tensor.full(y.shape(), 5).toArray(), y.toArray(), 1e-4f);
    }
  }
}
