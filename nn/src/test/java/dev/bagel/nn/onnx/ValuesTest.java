package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators that the cases of ONNX's authors at hand leave out, against loops and closed forms. */
@ExtendWith(Seeded.class)
class ValuesTest {
  /** The results of one node. */
  static List<Value> apply(
      String operator, int opset, Map<String, Object> attributes, int outputs, Value... inputs) {
    List<String> in =
        IntStream.range(0, inputs.length).mapToObj(i -> inputs[i] == null ? "" : "i" + i).toList();
    List<String> out = IntStream.range(0, outputs).mapToObj(i -> "o" + i).toList();
    Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, false);
    for (int i = 0; i < inputs.length; i++) {
      trace.put("i" + i, inputs[i]);
    }
    trace.step(new Node(0, operator, "", opset, in, out, new Attributes(attributes)));
    return out.stream().map(trace::get).toList();
  }

  static Tensor result(
      String operator, int opset, Map<String, Object> attributes, Value... inputs) {
    return apply(operator, opset, attributes, 1, inputs).get(0).var().value();
  }

  static Value real(Shape s, float... values) {
    return Value.real(Element.FLOAT, Tensor.of(s, values));
  }

  static Value real(Tensor t) {
    return Value.real(Element.FLOAT, t);
  }

  private static Tensor random(Rng rng, int... dims) {
    return Tensor.gaussian(Shape.of(dims), rng.at(Arrays.toString(dims)));
  }

  // ---- functions of one number ----------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {"Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Round"})
  void functionsAreThoseOfMath(String name) {
    DoubleUnaryOperator f =
        switch (name) {
          case "Tan" -> Math::tan;
          case "Asin" -> Math::asin;
          case "Acos" -> Math::acos;
          case "Atan" -> Math::atan;
          case "Sinh" -> Math::sinh;
          case "Cosh" -> Math::cosh;
          case "Asinh" -> x -> Math.signum(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1));
          case "Acosh" -> x -> Math.log(x + Math.sqrt(x * x - 1));
          case "Atanh" -> x -> 0.5 * Math.log((1 + x) / (1 - x));
          default -> Math::rint;
        };
    float[] x =
        switch (name) {
          case "Acosh" -> new float[] {1.5f, 2, 3, 10};
          case "Round" -> new float[] {-2.5f, -1.5f, -0.5f, -0.2f, 0.5f, 1.5f, 2.5f, 2.6f, 8388609};
          default -> new float[] {-0.9f, -0.5f, -0.1f, 0, 0.2f, 0.7f};
        };
    Tensor y = result(name, 22, Map.of(), real(Shape.of(x.length), x));
    for (int i = 0; i < x.length; i++) {
      assertEquals(f.applyAsDouble(x[i]), y.get(i), 1e-6 * Math.max(1, Math.abs(y.get(i))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Atanh"})
  void functionsHaveTheirDerivatives(String name, Rng rng) {
    Tensor x = Tensor.uniform(Shape.of(20), 0.1f, 0.8f, rng);
    GradCheck.Function f =
        v -> apply(name, 22, Map.of(), 1, new Value.Traced(Element.FLOAT, v.get(0))).get(0).var();
    assertEquals(0, GradCheck.error(f, 2, rng, x), 5e-3);
  }

  @Test
  void shrinkPullsTowardsZero() {
    Map<String, Object> how = Map.of("lambd", 1.5f, "bias", 0.5f);
    Tensor y = result("Shrink", 22, how, real(Shape.of(5), -2, -1, 0, 1, 2));
    assertArrayEquals(new float[] {-1.5f, 0, 0, 0, 1.5f}, y.toArray());
  }

  @Test
  void whatIsNoNumberAndWhatIsInfiniteIsFound() {
    Value x = real(Shape.of(4), Float.NaN, 1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertArrayEquals(new float[] {1, 0, 0, 0}, result("IsNaN", 13, Map.of(), x).toArray());
    assertArrayEquals(new float[] {0, 0, 1, 1}, result("IsInf", 20, Map.of(), x).toArray());
    Map<String, Object> above = Map.of("detect_negative", 0L);
    assertArrayEquals(new float[] {0, 0, 1, 0}, result("IsInf", 20, above, x).toArray());
  }

  @ParameterizedTest
  @CsvSource({"And, '0 0 0 1'", "Or, '0 1 1 1'", "Xor, '0 1 1 0'"})
  void truthTables(String operator, String expected) {
    Value a = new Numbers(Element.BOOL, Shape.of(4), new long[] {0, 0, 1, 1});
    Value b = new Numbers(Element.BOOL, Shape.of(4), new long[] {0, 1, 0, 1});
    Value traced = new Value.Traced(Element.BOOL, Var.leaf(a.var().value()));
    for (Value first : List.of(a, traced)) {
      Value y = apply(operator, 13, Map.of(), 1, first, b).get(0);
      assertEquals(Element.BOOL, y.element());
      assertArrayEquals(floats(expected), y.var().value().toArray());
    }
  }

  // ---- whole numbers --------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"-7, 3", "7, -3", "-6, 3", "5, 4"})
  void remaindersHaveTheSignOfTheDivisorOrOfTheDividend(int a, int b) {
    Value[] whole = {Numbers.list(a), Numbers.list(b)};
    Value[] floats = {real(Shape.of(1), (float) a), real(Shape.of(1), (float) b)};
    Map<String, Object> likeC = Map.of("fmod", 1L);
    float towards = Math.floorMod(a, b);
    assertEquals(towards, result("Mod", 13, Map.of(), whole).get(0));
    assertEquals(towards, result("Mod", 13, Map.of(), floats).get(0));
    assertEquals((float) (a % b), result("Mod", 13, likeC, whole).get(0));
    assertEquals((float) (a % b), result("Mod", 13, likeC, floats).get(0), 1e-6f);
    assertEquals(Numbers.list(a / b), apply("Div", 13, Map.of(), 1, whole).get(0));
  }

  @Test
  void rangesEndBeforeTheirLimit() {
    assertEquals(Numbers.list(3, 5, 7), range(3, 9, 2));
    assertEquals(Numbers.list(3, 5, 7, 9), range(3, 10, 2));
    assertEquals(Numbers.list(9, 6, 3), range(9, 2, -3));
    assertEquals(Numbers.list(), range(5, 5, 1));
    assertEquals(Numbers.list(), range(5, 9, -1));
    assertThrows(NodeException.class, () -> range(0, Long.MAX_VALUE, 1));
    assertThrows(NodeException.class, () -> range(0, 1 << 30, 1));
    Tensor y = result("Range", 11, Map.of(), number(1), number(2), number(0.25f));
    assertArrayEquals(new float[] {1, 1.25f, 1.5f, 1.75f}, y.toArray());
  }

  private static Value number(float v) {
    return Value.real(Element.FLOAT, Tensor.scalar(v));
  }

  private static Value range(long from, long to, long step) {
    return apply("Range", 11, Map.of(), 1, Numbers.list(from), Numbers.list(to), Numbers.list(step))
        .get(0);
  }

  @Test
  void wholeNumbersKeepAllTheirDigits() {
    Value big = Numbers.list(1L << 40, -3);
    assertEquals(
        Numbers.list((1L << 40) + 1, -2),
        apply("Add", 13, Map.of(), 1, big, Numbers.list(1)).get(0));
    assertEquals(
        new Numbers(Element.INT64, Shape.of(1), new long[] {-3L << 40}),
        apply("ReduceProd", 13, Map.of("axes", List.of(0L)), 1, big).get(0));
  }

  @Test
  void castsCutOffAndWrapAround() {
    Value floats = real(Shape.of(4), -1.7f, 1.7f, 0, 300);
    assertEquals(
        Numbers.list(-1, 1, 0, 300), apply("Cast", 13, Map.of("to", 7L), 1, floats).get(0));
    Value bytes = apply("Cast", 13, Map.of("to", 2L), 1, floats).get(0);
    assertArrayEquals(new float[] {255, 1, 0, 44}, bytes.var().value().toArray());
    Value truth = apply("Cast", 13, Map.of("to", 9L), 1, floats).get(0);
    assertArrayEquals(new float[] {1, 1, 0, 1}, truth.var().value().toArray());
    assertEquals(
        Numbers.list(-1, 1, 0, 300),
        apply("CastLike", 19, Map.of(), 1, floats, Numbers.list(7)).get(0));
    Var leaf = Var.leaf(floats.var().value());
    Value traced =
        apply("Cast", 13, Map.of("to", 7L), 1, new Value.Traced(Element.FLOAT, leaf)).get(0);
    assertArrayEquals(new float[] {-1, 1, 0, 300}, traced.var().value().toArray());
  }

  // ---- reductions -----------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"ReduceProd", "ReduceLogSum", "ReduceLogSumExp"})
  void reductionsAreThoseOfLoops(String name, Rng rng) {
    Tensor x = Tensor.uniform(Shape.of(3, 5, 7), 0.5f, 1.5f, rng);
    Tensor y = result(name, 13, Map.of("axes", List.of(1L), "keepdims", 0L), real(x));
    assertEquals(Shape.of(3, 7), y.shape());
    for (int i = 0; i < 3; i++) {
      for (int k = 0; k < 7; k++) {
        double product = 1;
        double sum = 0;
        double exp = 0;
        for (int j = 0; j < 5; j++) {
          double v = x.get((i * 5 + j) * 7 + k);
          product *= v;
          sum += v;
          exp += Math.exp(v);
        }
        double expected =
            name.equals("ReduceProd") ? product : Math.log(name.equals("ReduceLogSum") ? sum : exp);
        assertEquals(expected, y.get(i * 7 + k), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "0, 1", "1, 1"})
  void cumulatedSumsMayLeaveOutTheirOwnAndRunBackwards(long exclusive, long reverse) {
    Map<String, Object> how = Map.of("exclusive", exclusive, "reverse", reverse);
    Tensor y = result("CumSum", 14, how, real(Shape.of(1, 4), 1, 2, 3, 4), Numbers.list(-1));
    float[] expected =
        exclusive == 0
            ? reverse == 0 ? new float[] {1, 3, 6, 10} : new float[] {10, 9, 7, 4}
            : reverse == 0 ? new float[] {0, 1, 3, 6} : new float[] {9, 7, 4, 0};
    assertArrayEquals(expected, y.toArray());
  }

  // ---- choosing -------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void theLargestComeInOrderWithTheirPlaces(long largest, Rng rng) {
    Tensor x = random(rng, 4, 9);
    Map<String, Object> how = Map.of("axis", 1L, "largest", largest);
    List<Value> y = apply("TopK", 11, how, 2, real(x), Numbers.list(3));
    for (int i = 0; i < 4; i++) {
      float[] row = x.slice(i, i + 1).toArray();
      float[] sorted = row.clone();
      Arrays.sort(sorted);
      for (int k = 0; k < 3; k++) {
        float expected = largest == 1 ? sorted[8 - k] : sorted[k];
        assertEquals(expected, y.get(0).var().value().get(i * 3 + k));
        assertEquals(expected, row[(int) y.get(1).var().value().get(i * 3 + k)]);
      }
    }
  }

  @Test
  void hardmaxIsOneAtTheFirstMaximum() {
    Value x = real(Shape.of(2, 4), 3, 0, 1, 2, 2, 5, 5, 1);
    assertArrayEquals(
        new float[] {1, 0, 0, 0, 0, 1, 0, 0}, result("Hardmax", 13, Map.of(), x).toArray());
  }

  @Test
  void oneHotCountsNegativeIndicesFromTheEnd() {
    Value values = real(Shape.of(2), 2, 5);
    Tensor y =
        result("OneHot", 11, Map.of("axis", 0L), Numbers.list(0, -1), Numbers.list(3), values);
    assertEquals(Shape.of(3, 2), y.shape());
    assertArrayEquals(new float[] {5, 2, 2, 2, 2, 5}, y.toArray());
  }

  @Test
  void trianglesAndDiagonals() {
    Value x = real(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    assertArrayEquals(new float[] {1, 2, 3, 0, 5, 6}, result("Trilu", 14, Map.of(), x).toArray());
    assertArrayEquals(
        new float[] {1, 2, 0, 4, 5, 6},
        result("Trilu", 14, Map.of("upper", 0L), x, Numbers.list(1)).toArray());
    assertArrayEquals(
        new float[] {0, 1, 0, 0, 0, 1}, result("EyeLike", 9, Map.of("k", 1L), x).toArray());
    assertEquals(
        new Numbers(Element.INT64, Shape.of(2, 2), new long[] {0, 1, 1, 0}),
        apply("NonZero", 13, Map.of(), 1, real(Shape.of(2, 2), 0, 1, 2, 0)).get(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void gatheringByVariablesIsGatheringByConstants(int axis, Rng rng) {
    Tensor x = random(rng, 3, 4, 5);
    Numbers places = new Numbers(Element.INT64, Shape.of(2, 2), new long[] {2, -1, 0, 2});
    Value leaf = new Value.Traced(Element.INT64, Var.leaf(places.var().value()));
    Map<String, Object> how = Map.of("axis", (long) axis);
    assertEquals(
        result("Gather", 13, how, real(x), places), result("Gather", 13, how, real(x), leaf));
  }

  // ---- products -------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "'bij,bjk->bik'",
    "'ij,jk'",
    "'bhqd,bhkd->bhqk'",
    "'ij->ji'",
    "'ij->i'",
    "'ij,ij->'",
    "'i,j->ij'",
    "'bij,jk->bk'",
    "'ij,jk,kl->il'"
  })
  void sumsOfProductsAreThoseOfLoops(String equation, Rng rng) {
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    String out = sides.length > 1 ? sides[1] : "ik";
    Map<Character, Integer> lengths = new HashMap<>();
    sides[0].chars().filter(l -> l != ',').forEach(l -> lengths.put((char) l, 2 + l % 4));
    List<Character> letters = new ArrayList<>(lengths.keySet());
    Tensor[] x = new Tensor[terms.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = Tensor.gaussian(shape(terms[i], lengths), rng.at(i));
    }
    float[] expected = new float[shape(out, lengths).size()];
    int all = letters.stream().mapToInt(lengths::get).reduce(1, Math::multiplyExact);
    for (int at = 0; at < all; at++) {
      Map<Character, Integer> index = new HashMap<>();
      int rest = at;
      for (char l : letters) {
        index.put(l, rest % lengths.get(l));
        rest /= lengths.get(l);
      }
      float product = 1;
      for (int i = 0; i < x.length; i++) {
        product *= x[i].get(place(terms[i], lengths, index));
      }
      expected[place(out, lengths, index)] += product;
    }
    Value[] inputs = Arrays.stream(x).map(ValuesTest::real).toArray(Value[]::new);
    Tensor y = result("Einsum", 12, Map.of("equation", equation), inputs);
    assertEquals(shape(out, lengths), y.shape());
    assertArrayEquals(expected, y.toArray(), 1e-4f);
  }

  private static Shape shape(String letters, Map<Character, Integer> lengths) {
    return Shape.of(letters.chars().map(l -> lengths.get((char) l)).toArray());
  }

  private static int place(
      String letters, Map<Character, Integer> lengths, Map<Character, Integer> index) {
    int at = 0;
    for (int i = 0; i < letters.length(); i++) {
      at = at * lengths.get(letters.charAt(i)) + index.get(letters.charAt(i));
    }
    return at;
  }

  @Test
  void convolutionsOverThreeAxesAreThoseOfLoops(Rng rng) {
    Tensor x = random(rng, 2, 2, 5, 6, 4);
    Tensor w = random(rng, 4, 1, 3, 2, 2);
    Map<String, Object> how =
        Map.of(
            "strides", List.of(2L, 1L, 2L),
            "dilations", List.of(1L, 2L, 1L),
            "pads", List.of(1L, 0L, 1L, 2L, 1L, 0L),
            "group", 2L);
    Tensor y = result("Conv", 11, how, real(x), real(w));
    assertEquals(Shape.of(2, 4, 3, 5, 2), y.shape());
    for (int i = 0; i < y.size(); i++) {
      int q = i % 2;
      int r = i / 2 % 5;
      int d = i / 10 % 3;
      int o = i / 30 % 4;
      int n = i / 120;
      double sum = 0;
      for (int u = 0; u < 12; u++) {
        int z = d * 2 + u / 4 - 1;
        int row = r + u / 2 % 2 * 2;
        int column = q * 2 + u % 2 - 1;
        if (z >= 0 && z < 5 && row < 6 && column >= 0 && column < 4) {
          sum +=
              x.get((((n * 2 + o / 2) * 5 + z) * 6 + row) * 4 + column)
                  * (double) w.get(o * 12 + u);
        }
      }
      assertEquals(sum, y.get(i), 1e-4);
    }
  }

  /** ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩, over one, two and three axes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theTransposedConvolutionIsTheAdjoint(int axes, Rng rng) {
    int[] in = new int[axes + 2];
    int[] kernel = new int[axes + 2];
    Arrays.fill(in, 7);
    Arrays.fill(kernel, 3);
    in[0] = 2;
    in[1] = 4;
    kernel[0] = 6;
    kernel[1] = 2;
    List<Long> two = IntStream.range(0, axes).mapToObj(i -> 2L).toList();
    List<Long> pads = IntStream.range(0, 2 * axes).mapToObj(i -> 1L).toList();
    Map<String, Object> how = Map.of("strides", two, "pads", pads, "group", 2L);
    Tensor x = random(rng, in);
    Tensor w = random(rng, kernel);
    Tensor y = result("Conv", 11, how, real(x), real(w));
    Tensor z = Tensor.gaussian(y.shape(), rng.at("z"));
    Tensor back = result("ConvTranspose", 11, how, real(z), real(w));
    assertEquals(x.shape(), back.shape());
    assertEquals(y.dot(z), x.dot(back), 1e-3 * Math.abs(y.dot(z)) + 1e-2);
  }

  // ---- pools and norms ------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void powersArePooledByTheirRoot(long p, Rng rng) {
    Tensor x = random(rng, 1, 2, 4, 4);
    Map<String, Object> how =
        Map.of("kernel_shape", List.of(2L, 2L), "strides", List.of(2L, 2L), "p", p);
    Tensor y = result("LpPool", 18, how, real(x));
    for (int i = 0; i < y.size(); i++) {
      double sum = 0;
      for (int u = 0; u < 4; u++) {
        int at = i / 4 * 16 + (i / 2 % 2 * 2 + u / 2) * 4 + i % 2 * 2 + u % 2;
        sum += Math.pow(Math.abs(x.get(at)), (double) p);
      }
      assertEquals(Math.pow(sum, 1.0 / p), y.get(i), 1e-5);
    }
    Tensor all = result("GlobalLpPool", 18, Map.of("p", p), real(x));
    assertEquals(Shape.of(1, 2, 1, 1), all.shape());
  }

  /** Windows of every kind, over one, two and three axes, against loops over their cells. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void poolsAreThoseOfLoops(int axes, Rng rng) {
    for (int trial = 0; trial < 20; trial++) {
      Rng r = rng.at(trial);
      long[][] how = new long[4][axes]; // lengths, kernel, strides, dilations
      long[] pads = new long[2 * axes];
      for (int a = 0; a < axes; a++) {
        how[0][a] = 5 + draw(r, a, 3);
        how[1][a] = 1 + draw(r, 10 + a, 3);
        how[2][a] = 1 + draw(r, 20 + a, 3);
        how[3][a] = 1 + draw(r, 30 + a, 1 + trial % 2);
        pads[a] = draw(r, 40 + a, how[1][a]);
        pads[axes + a] = draw(r, 50 + a, how[1][a]);
      }
      Map<String, Object> says = new HashMap<>();
      says.put("kernel_shape", boxed(how[1]));
      says.put("strides", boxed(how[2]));
      says.put("dilations", boxed(how[3]));
      says.put("pads", boxed(pads));
      says.put("ceil_mode", (long) (trial / 2 % 2));
      says.put("count_include_pad", (long) (trial / 4 % 2));
      int[] shape =
          IntStream.concat(IntStream.of(2, 2), Arrays.stream(how[0]).mapToInt(n -> (int) n))
              .toArray();
      Tensor x = Tensor.gaussian(Shape.of(shape), r.at("x"));
      for (String pool : List.of("MaxPool", "AveragePool")) {
        Tensor y = result(pool, 19, says, real(x));
        for (int i = 0; i < y.size(); i++) {
          assertEquals(
              pooled(x, y.shape(), i, how, pads, pool, trial / 4 % 2 == 1),
              y.get(i),
              1e-5,
              says + "");
        }
      }
    }
  }

  /** A whole number below {@code n}. */
  private static long draw(Rng rng, int i, long n) {
    return (long) (rng.uniform(i) * n);
  }

  private static List<Long> boxed(long[] list) {
    return Arrays.stream(list).boxed().toList();
  }

  private static double pooled(
      Tensor x, Shape y, int i, long[][] how, long[] pads, String pool, boolean countPadding) {
    int axes = how[0].length;
    int[] strides = y.strides();
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int counted = 0;
    int cells = (int) Arrays.stream(how[1]).reduce(1, (a, b) -> a * b);
    for (int cell = 0; cell < cells; cell++) {
      int rest = cell;
      boolean inside = true;
      boolean padded = true;
      int at = i / strides[1]; // the plane
      for (int a = 0; a < axes; a++) {
        int o = i / strides[a + 2] % y.dim(a + 2);
        int size = (int) Arrays.stream(how[1], a + 1, axes).reduce(1, (p, q) -> p * q);
        int place = (int) (o * how[2][a] + rest / size * how[3][a] - pads[a]);
        rest %= size;
        inside &= place >= 0 && place < how[0][a];
        padded &= place < how[0][a] + pads[axes + a];
        at = (int) (at * how[0][a] + place);
      }
      if (inside) {
        max = Math.max(max, x.get(at));
        sum += x.get(at);
      }
      counted += inside || (countPadding && padded) ? 1 : 0;
    }
    return pool.equals("MaxPool") ? max : sum / counted;
  }

  @Test
  void normsBringToTheUnitBallOrToMeanZero(Rng rng) {
    Tensor x = random(rng, 3, 2, 4, 4).mul(5).add(2);
    Tensor unit = result("LpNormalization", 22, Map.of("axis", 1L), real(x));
    Tensor squares = unit.square().sumTo(Shape.of(3, 1, 4, 4));
    assertArrayEquals(Tensor.full(Shape.of(48), 1).toArray(), squares.toArray(), 1e-5f);
    Tensor y = result("MeanVarianceNormalization", 13, Map.of(), real(x));
    assertArrayEquals(new float[2], y.sumTo(Shape.of(2, 1, 1)).toArray(), 1e-3f);
    assertArrayEquals(new float[] {48, 48}, y.square().sumTo(Shape.of(2, 1, 1)).toArray(), 1e-2f);
    Tensor rms = result("RMSNormalization", 23, Map.of("axis", 1L), real(x), real(Shape.of(1), 1));
    assertEquals(3 * 32, rms.square().sum().item(), 1e-2);
  }

  /** Until version 12, a row of softmax was everything from an axis on. */
  @Test
  void oldSoftmaxFlattens(Rng rng) {
    Tensor x = random(rng, 2, 3, 4);
    Tensor old = result("Softmax", 11, Map.of(), real(x));
    Tensor flat = result("Softmax", 13, Map.of(), real(x.reshape(2, 12)));
    assertEquals(flat, old.reshape(2, 12));
    assertEquals(2, old.sum().item(), 1e-5);
  }

  /** Until version 20, the numbers of a group normalisation belonged to the groups. */
  @Test
  void oldGroupNormalisationScalesGroups(Rng rng) {
    Tensor x = random(rng, 2, 4, 3);
    Map<String, Object> how = Map.of("num_groups", 2L);
    Value perGroup = real(Shape.of(2), 2, 3);
    Value perChannel = real(Shape.of(4), 2, 2, 3, 3);
    assertArrayEquals(
        result("GroupNormalization", 21, how, real(x), perChannel, perChannel).toArray(),
        result("GroupNormalization", 18, how, real(x), perGroup, perGroup).toArray(),
        1e-6f);
  }

  // ---- movement -------------------------------------------------------------------------------

  /** The examples of the operators' documentation. */
  @Test
  void depthBecomesSpaceAndBack(Rng rng) {
    Tensor x = random(rng, 2, 8, 3, 3);
    Map<String, Object> two = Map.of("blocksize", 2L);
    Tensor deep = result("DepthToSpace", 13, two, real(x));
    assertEquals(Shape.of(2, 2, 6, 6), deep.shape());
    assertEquals(x, result("SpaceToDepth", 13, two, real(deep)));
    assertEquals(x.get(0), deep.get(0)); // block (0, 0) comes from channel 0
    assertEquals(x.get(2 * 9), deep.get(1)); // block (0, 1) from channel 0 + 1·C/4
    Tensor other = result("DepthToSpace", 13, Map.of("blocksize", 2L, "mode", "CRD"), real(x));
    assertEquals(x.get(9), other.get(1)); // or from channel 1
  }

  @ParameterizedTest
  @CsvSource({
    "constant, '0 0 1 2 3 0'",
    "edge, '1 1 1 2 3 3'",
    "reflect, '3 2 1 2 3 2'",
    "wrap, '2 3 1 2 3 1'"
  })
  void marginsAreOfFourKinds(String mode, String expected) {
    float[] y = floats(expected);
    Value x = real(Shape.of(1, 3), 1, 2, 3);
    Value whole = new Numbers(Element.INT64, Shape.of(1, 3), new long[] {1, 2, 3});
    Value pads = Numbers.list(0, 2, 0, 1);
    assertArrayEquals(y, result("Pad", 19, Map.of("mode", mode), x, pads).toArray());
    assertArrayEquals(y, result("Pad", 19, Map.of("mode", mode), whole, pads).toArray());
  }

  static float[] floats(String list) {
    String[] parts = list.strip().split("[ ,]+", -1);
    float[] y = new float[parts.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = Float.parseFloat(parts[i]);
    }
    return y;
  }

  @Test
  void negativeMarginsCutOff() {
    Value x = real(Shape.of(4), 1, 2, 3, 4);
    assertArrayEquals(
        new float[] {2, 3, 4, 9, 9},
        result("Pad", 13, Map.of(), x, Numbers.list(-1, 2), number(9)).toArray());
  }

  /** What moves floats moves whole numbers alike. */
  @Test
  void slicesOfNumbersAreSlicesOfFloats() {
    Value x = new Numbers(Element.INT64, Shape.of(7), new long[] {0, 1, 2, 3, 4, 5, 6});
    for (long[] by : new long[][] {{-2, -9, -2}, {1, 99, 3}, {6, 0, -1}, {-99, 99, 1}, {3, 3, 1}}) {
      Value[] how = {
        Numbers.list(by[0]), Numbers.list(by[1]), Numbers.list(0), Numbers.list(by[2])
      };
      assertEquals(
          result("Slice", 13, Map.of(), real(x.var().value()), how[0], how[1], how[2], how[3]),
          result("Slice", 13, Map.of(), x, how[0], how[1], how[2], how[3]));
    }
  }
}
