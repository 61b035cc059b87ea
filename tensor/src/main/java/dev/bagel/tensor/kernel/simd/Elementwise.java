package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementwise functions and reductions of one block: a loop over whole vectors for each function.
 * What is left over goes to the scalar kernels where both give the same bits; the functions of
 * {@link Transcendental} take it through a padded vector, so that an element's result does not
 * depend on where in the block it stands.
 *
 * <p>Choices are made by compare and blend. JDK 17 compiles these well, but neither masked loads
 * and stores nor a method that takes the function as an argument (a megamorphic call per vector).
 */
final class Elementwise {
  /** Elements that pass from loop to loop at a time. */
  private static final int BLOCK = 512;

  private final Kernels scalar;

  /** Two blocks, and one vector behind them. */
  private final ThreadLocal<float[]> scratch =
      ThreadLocal.withInitial(() -> new float[2 * BLOCK + L]);

  Elementwise(Kernels scalar) {
    this.scalar = scalar;
  }

  void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % L;
    switch (f) {
      case NEG -> neg(x, xo, y, yo, whole);
      case ABS -> abs(x, xo, y, yo, whole);
      case SIGN -> sign(x, xo, y, yo, whole);
      case STEP -> step(x, xo, y, yo, whole);
      case RELU -> relu(x, xo, y, yo, whole);
      case SQRT -> sqrt(x, xo, y, yo, whole);
      case FLOOR, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, SOFTPLUS, ERF -> {
        float[] block = scratch.get();
        for (int i = 0; i < whole; i += BLOCK) {
          transcendental(f, x, xo + i, y, yo + i, Math.min(BLOCK, whole - i), block);
        }
        if (whole < n) {
          System.arraycopy(x, xo + whole, block, 2 * BLOCK, n - whole);
          transcendental(f, block, 2 * BLOCK, block, 2 * BLOCK, L, block);
          System.arraycopy(block, 2 * BLOCK, y, yo + whole, n - whole);
        }
        return;
      }
      default -> whole = 0;
    }
    if (whole < n) {
      scalar.unary(f, x, xo + whole, y, yo + whole, n - whole);
    }
  }

  private static void transcendental(
      Unary f, float[] x, int xo, float[] y, int yo, int n, float[] e) {
    switch (f) {
      case FLOOR -> {
        Transcendental.nearest(x, xo, e, 0, n);
        Transcendental.floor(x, xo, e, y, yo, n);
      }
      case EXP -> Transcendental.exp(x, xo, y, yo, n);
      case EXPM1 -> Transcendental.expm1(x, xo, y, yo, n);
      case LOG -> {
        Transcendental.normal(x, xo, e, 0, n);
        Transcendental.logOfNormal(e, 0, e, 0, n);
        Transcendental.log(x, xo, e, y, yo, n);
      }
      case LOG1P -> {
        Transcendental.onePlus(x, xo, e, 0, n);
        Transcendental.logOfNormal(e, 0, e, 0, n);
        Transcendental.log1p(x, xo, e, y, yo, n);
      }
      case TANH -> {
        Transcendental.twiceMagnitude(x, xo, e, 0, n);
        Transcendental.exp(e, 0, e, 0, n);
        Transcendental.tanh(x, xo, e, y, yo, n);
      }
      case SIGMOID -> {
        Transcendental.minusMagnitude(x, xo, e, 0, n);
        Transcendental.exp(e, 0, e, 0, n);
        Transcendental.sigmoid(x, xo, e, y, yo, n);
      }
      case SOFTPLUS -> {
        Transcendental.minusMagnitude(x, xo, e, 0, n);
        Transcendental.exp(e, 0, e, 0, n);
        Transcendental.onePlus(e, 0, e, BLOCK, n);
        Transcendental.logOfNormal(e, BLOCK, e, BLOCK, n);
        Transcendental.softplus(x, xo, e, BLOCK, y, yo, n);
      }
      case ERF -> {
        Transcendental.erfExponent(x, xo, e, 0, n);
        Transcendental.exp(e, 0, e, 0, n);
        Transcendental.erf(x, xo, e, y, yo, n);
      }
      default -> throw new AssertionError(f);
    }
  }

  private static void neg(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.neg().intoArray(y, yo + i);
    }
  }

  private static void abs(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.abs().intoArray(y, yo + i);
    }
  }

  private static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.sqrt().intoArray(y, yo + i);
    }
  }

  private static void sign(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector s = v.blend(1f, v.compare(VectorOperators.GT, 0f)); // keeps ±0 and NaN
      s.blend(-1f, v.compare(VectorOperators.LT, 0f)).intoArray(y, yo + i);
    }
  }

  private static void step(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector.zero(F).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
    }
  }

  private static void relu(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
    }
  }

  void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int whole = n - n % L;
    switch (f) {
      case ADD -> add(a, ao, b, bo, y, yo, whole);
      case SUB -> sub(a, ao, b, bo, y, yo, whole);
      case MUL -> mul(a, ao, b, bo, y, yo, whole);
      case DIV -> div(a, ao, b, bo, y, yo, whole);
      case MAX -> max(a, ao, b, bo, y, yo, whole);
      case MIN -> min(a, ao, b, bo, y, yo, whole);
      case GREATER_EQUAL -> greaterEqual(a, ao, b, bo, y, yo, whole);
      default -> whole = 0;
    }
    if (whole < n) {
      scalar.binary(f, a, ao + whole, b, bo + whole, y, yo + whole, n - whole);
    }
  }

  private static void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.add(w).intoArray(y, yo + i);
    }
  }

  private static void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.sub(w).intoArray(y, yo + i);
    }
  }

  private static void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.mul(w).intoArray(y, yo + i);
    }
  }

  private static void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.div(w).intoArray(y, yo + i);
    }
  }

  private static void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.max(w).intoArray(y, yo + i);
    }
  }

  private static void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      v.min(w).intoArray(y, yo + i);
    }
  }

  private static void greaterEqual(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, a, ao + i);
      FloatVector w = FloatVector.fromArray(F, b, bo + i);
      FloatVector.zero(F).blend(1f, v.compare(VectorOperators.GE, w)).intoArray(y, yo + i);
    }
  }

  void select(float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int whole = n - n % L;
    for (int i = 0; i < whole; i += L) {
      VectorMask<Float> chosen =
          FloatVector.fromArray(F, m, mo + i).compare(VectorOperators.NE, 0f);
      FloatVector.fromArray(F, b, bo + i)
          .blend(FloatVector.fromArray(F, a, ao + i), chosen)
          .intoArray(y, yo + i);
    }
    if (whole < n) {
      scalar.select(m, mo + whole, a, ao + whole, b, bo + whole, y, yo + whole, n - whole);
    }
  }

  /** Vectors that are added up in float before their lanes are added in double. */
  private static final int RUN = 32;

  /** yᵢ = (xᵢ − a) − b. */
  void minus(float[] x, int xo, float a, float b, float[] y, int yo, int n) {
    int whole = n - n % L;
    for (int i = 0; i < whole; i += L) {
      FloatVector.fromArray(F, x, xo + i).sub(a).sub(b).intoArray(y, yo + i);
    }
    for (int i = whole; i < n; i++) {
      y[yo + i] = x[xo + i] - a - b;
    }
  }

  double sum(float[] x, int xo, int n) {
    int whole = n - n % L;
    double sum = 0;
    float[] part = scratch.get();
    for (int i = 0; i < whole; i += RUN * L) {
      sumRun(x, xo + i, Math.min(RUN * L, whole - i), part);
      for (int l = 0; l < L; l++) { // in this order, which reduceLanes does not promise
        sum += part[l];
      }
    }
    for (int i = whole; i < n; i++) {
      sum += x[xo + i];
    }
    return sum;
  }

  private static void sumRun(float[] x, int xo, int n, float[] lanes) {
    FloatVector s = FloatVector.zero(F);
    for (int i = 0; i < n; i += L) {
      s = s.add(FloatVector.fromArray(F, x, xo + i));
    }
    s.intoArray(lanes, 0);
  }

  float max(float[] x, int xo, int n) {
    int whole = n - n % (2 * L);
    float[] part = scratch.get();
    maxRun(x, xo, whole, part);
    float best = scalar.max(part, 0, 2 * L);
    return whole == n ? best : Math.max(best, scalar.max(x, xo + whole, n - whole));
  }

  /** In two halves, as each maximum waits for the one before. */
  private static void maxRun(float[] x, int xo, int n, float[] lanes) {
    FloatVector s = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector t = s;
    for (int i = 0; i < n; i += 2 * L) {
      s = s.max(FloatVector.fromArray(F, x, xo + i));
      t = t.max(FloatVector.fromArray(F, x, xo + i + L));
    }
    s.intoArray(lanes, 0);
    t.intoArray(lanes, L);
  }
}
