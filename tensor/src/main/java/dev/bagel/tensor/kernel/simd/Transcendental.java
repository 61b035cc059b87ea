package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of whole vectors: a reduction of the argument to a short interval, a polynomial there,
 * and the way back. Errors are at most two units in the last place for exp, log and erf, four for
 * the others (tested against double); infinities, NaN and subnormal results are as in {@link Math}.
 *
 * <p>All but exp and expm1 are made in passes over a block: the argument of an exponential or a
 * logarithm, that, and the result with its special cases. Two exponentials in one loop are more
 * than C2 inlines, and its vectors end up on the heap.
 *
 * <p>For the same reason no loop calls a method of ours for each vector, however much is repeated:
 * C2 does not inline a method that it has compiled before into more than {@code InlineSmallCode}
 * bytes, and whether it has is a matter of timing. The loop was twenty times slower in some runs
 * (measured).
 *
 * <p>The polynomials are minimax ones for float arithmetic with fused multiply-add: exp, log and
 * erf after N. Juffa (public answers on float implementations of expf, logf and erff), tanh after
 * Moshier's Cephes.
 */
final class Transcendental {
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 6.93145752e-1f;
  private static final float LN2_LOW = 1.42860677e-6f;
  private static final float LN2 = 0.693147182f;

  /** 1.5 · 2²³: adding it rounds to a whole number, which then is in the low bits. */
  private static final float ROUND = 12582912f;

  /** 2²³: from here on, a float is a whole number. */
  private static final float WHOLE = 8388608f;

  private static final int ROUND_BITS = 0x4b400000;
  private static final int SIGN = 0x80000000;
  private static final int TWO_THIRDS = 0x3f2aaaab;

  private Transcendental() {}

  /** A whole number next to x, above or below, with the sign of x: |x| + 2²³ − 2²³. */
  static void nearest(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      IntVector bits = FloatVector.fromArray(F, x, xo + i).reinterpretAsInts();
      FloatVector size = bits.and(~SIGN).reinterpretAsFloats();
      IntVector near = size.add(WHOLE).sub(WHOLE).reinterpretAsInts();
      near.or(bits.and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
    }
  }

  /** The largest whole number up to x, from that next to x; what is larger than 2²³ is whole. */
  static void floor(float[] x, int xo, float[] near, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector w = FloatVector.fromArray(F, near, i);
      w = w.blend(w.sub(1f), w.compare(VectorOperators.GT, v));
      w = w.blend(v, v.compare(VectorOperators.GE, WHOLE));
      w.blend(v, v.compare(VectorOperators.LE, -WHOLE)).intoArray(y, yo + i);
    }
  }

  /** e^x = 2^k · e^f with whole k and |f| ≤ ½ log 2. */
  static void exp(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector c = v.blend(90f, v.compare(VectorOperators.GT, 90f)); // e^90 overflows
      c = c.blend(-110f, c.compare(VectorOperators.LT, -110f)); // e^−110 underflows
      FloatVector shifted =
          c.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUND));
      FloatVector k = shifted.sub(ROUND);
      FloatVector f = k.fma(FloatVector.broadcast(F, -LN2_HIGH), c);
      f = k.fma(FloatVector.broadcast(F, -LN2_LOW), f);
      FloatVector p =
          f.fma(FloatVector.broadcast(F, 1.37805939e-3f), FloatVector.broadcast(F, 8.37312452e-3f));
      p = p.fma(f, FloatVector.broadcast(F, 4.16695364e-2f));
      p = p.fma(f, FloatVector.broadcast(F, 1.66664720e-1f));
      p = p.fma(f, FloatVector.broadcast(F, 4.99999851e-1f));
      p = p.fma(f, FloatVector.broadcast(F, 1f));
      p = p.fma(f, FloatVector.broadcast(F, 1f));
      IntVector whole = shifted.reinterpretAsInts().sub(ROUND_BITS);
      IntVector half = whole.lanewise(VectorOperators.ASHR, 1); // twice, as 2^k may not be a float
      IntVector rest = whole.sub(half);
      p = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p = p.mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p.intoArray(y, yo + i);
    }
  }

  /**
   * e^x − 1 = 2^k · (e^f − 1) + (2^k − 1), as {@link #exp}, so that nothing cancels; with half of
   * 2^k, as 2¹²⁸ is no float.
   */
  static void expm1(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector c = v.blend(88.9f, v.compare(VectorOperators.GT, 88.9f)); // overflows
      c = c.blend(-30f, c.compare(VectorOperators.LT, -30f)); // −1
      FloatVector shifted =
          c.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUND));
      FloatVector k = shifted.sub(ROUND);
      FloatVector f = k.fma(FloatVector.broadcast(F, -LN2_HIGH), c);
      f = k.fma(FloatVector.broadcast(F, -LN2_LOW), f);
      FloatVector p =
          f.fma(FloatVector.broadcast(F, 1.37805939e-3f), FloatVector.broadcast(F, 8.37312452e-3f));
      p = p.fma(f, FloatVector.broadcast(F, 4.16695364e-2f));
      p = p.fma(f, FloatVector.broadcast(F, 1.66664720e-1f));
      p = p.fma(f, FloatVector.broadcast(F, 4.99999851e-1f));
      p = p.mul(f).fma(f, f);
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS - 126);
      FloatVector s = exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      p = p.fma(s, s.sub(0.5f));
      p.add(p).intoArray(y, yo + i);
    }
  }

  /** x, times 2²³ where it is subnormal: the argument for {@link #logOfNormal}. */
  static void normal(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.blend(v.mul(WHOLE), v.compare(VectorOperators.LT, Float.MIN_NORMAL)).intoArray(y, yo + i);
    }
  }

  /** log x = k log 2 + log(1 + m) with 1 + m in [2/3, 4/3), for normal and positive x. */
  static void logOfNormal(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      IntVector bits = FloatVector.fromArray(F, x, xo + i).reinterpretAsInts();
      IntVector e2 = bits.sub(TWO_THIRDS).and(0xff800000);
      FloatVector m = bits.sub(e2).reinterpretAsFloats().sub(1f);
      IntVector whole = e2.lanewise(VectorOperators.ASHR, 23).add(ROUND_BITS);
      FloatVector s = m.mul(m);
      FloatVector r =
          s.fma(FloatVector.broadcast(F, -0.130310059f), FloatVector.broadcast(F, -0.121483453f));
      FloatVector q =
          s.fma(FloatVector.broadcast(F, 0.140869141f), FloatVector.broadcast(F, 0.139814854f));
      r = r.fma(s, FloatVector.broadcast(F, -0.166846126f));
      q = q.fma(s, FloatVector.broadcast(F, 0.200120345f));
      r = r.fma(s, FloatVector.broadcast(F, -0.249996200f));
      r = q.fma(m, r);
      r = r.fma(m, FloatVector.broadcast(F, 0.333331972f));
      r = r.fma(m, FloatVector.broadcast(F, -0.5f));
      r = r.fma(s, m);
      FloatVector k = whole.reinterpretAsFloats().sub(ROUND);
      k.fma(FloatVector.broadcast(F, LN2), r).intoArray(y, yo + i);
    }
  }

  /** log x from r = log of {@link #normal} x: subnormal x, 0, ∞, negative x and NaN. */
  static void log(float[] x, int xo, float[] r, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector l = FloatVector.fromArray(F, r, i);
      l = l.blend(l.sub(23 * LN2), v.compare(VectorOperators.LT, Float.MIN_NORMAL));
      l = l.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
      l = l.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
      l = l.blend(Float.NaN, v.compare(VectorOperators.LT, 0f));
      l.blend(v, v.compare(VectorOperators.NE, v)).intoArray(y, yo + i);
    }
  }

  /** 1 + x, the argument of {@link #logOfNormal} for {@link #log1p}. */
  static void onePlus(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector.fromArray(F, x, xo + i).add(1f).intoArray(y, yo + i);
    }
  }

  /** log(1 + x) from r = log u, u being 1 + x rounded, with what was lost put back. */
  static void log1p(float[] x, int xo, float[] r, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector u = v.add(1f);
      FloatVector l = FloatVector.fromArray(F, r, i).add(v.sub(u.sub(1f)).div(u));
      l = l.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
      l = l.blend(Float.NEGATIVE_INFINITY, u.compare(VectorOperators.EQ, 0f));
      l = l.blend(Float.NaN, u.compare(VectorOperators.LT, 0f));
      l.blend(v, v.compare(VectorOperators.NE, v)).intoArray(y, yo + i);
    }
  }

  /** −|x|, the argument for {@link #sigmoid} and {@link #softplus}, so that e ≤ 1. */
  static void minusMagnitude(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      v.reinterpretAsInts().or(SIGN).reinterpretAsFloats().intoArray(y, yo + i);
    }
  }

  /** 1 / (1 + e^(−x)) from e = e^(−|x|): it is 1/(1+e) or e/(1+e). */
  static void sigmoid(float[] x, int xo, float[] e, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector t = FloatVector.fromArray(F, e, i);
      FloatVector top = FloatVector.broadcast(F, 1f).blend(t, v.compare(VectorOperators.LT, 0f));
      top.div(t.add(1f)).intoArray(y, yo + i);
    }
  }

  /**
   * max(x, 0) + log(1 + e) from e = e^(−|x|) and, {@code ro} behind it, log u for the rounded u.
   */
  static void softplus(float[] x, int xo, float[] e, int ro, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector t = FloatVector.fromArray(F, e, i);
      FloatVector positive = v.blend(0f, v.compare(VectorOperators.LE, 0f));
      FloatVector u = t.add(1f);
      FloatVector lost = t.sub(u.sub(1f)).div(u);
      positive.add(FloatVector.fromArray(F, e, ro + i).add(lost)).intoArray(y, yo + i);
    }
  }

  /** 2|x|, the argument for {@link #tanh}. */
  static void twiceMagnitude(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector a = v.reinterpretAsInts().and(~SIGN).reinterpretAsFloats();
      a.add(a).intoArray(y, yo + i);
    }
  }

  /** An odd polynomial near 0, else 1 − 2 / (e + 1) with the sign of x, from e = e^(2|x|). */
  static void tanh(float[] x, int xo, float[] e, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector t = FloatVector.fromArray(F, e, i);
      FloatVector s = v.mul(v);
      FloatVector p =
          s.fma(
              FloatVector.broadcast(F, -5.70498872745e-3f),
              FloatVector.broadcast(F, 2.06390887954e-2f));
      p = p.fma(s, FloatVector.broadcast(F, -5.37397155531e-2f));
      p = p.fma(s, FloatVector.broadcast(F, 1.33314422036e-1f));
      p = p.fma(s, FloatVector.broadcast(F, -3.33332819422e-1f));
      p = p.mul(s).fma(v, v);
      FloatVector far =
          FloatVector.broadcast(F, 1f).sub(FloatVector.broadcast(F, 2f).div(t.add(1f)));
      IntVector bits = v.reinterpretAsInts();
      far = far.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
      FloatVector a = bits.and(~SIGN).reinterpretAsFloats();
      p.blend(far, a.compare(VectorOperators.GE, 0.625f)).intoArray(y, yo + i);
    }
  }

  /** A polynomial in |x|, the argument for {@link #erf}. */
  static void erfExponent(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector a = v.reinterpretAsInts().and(~SIGN).reinterpretAsFloats();
      a = a.blend(10f, a.compare(VectorOperators.GT, 10f)); // where erf is 1
      FloatVector s = a.mul(a);
      FloatVector p =
          a.fma(
              FloatVector.broadcast(F, -1.72853470e-5f), FloatVector.broadcast(F, 3.83197126e-4f));
      p =
          p.fma(
              s,
              a.fma(
                  FloatVector.broadcast(F, -3.88396438e-3f),
                  FloatVector.broadcast(F, 2.42546219e-2f)));
      p = p.fma(a, FloatVector.broadcast(F, -1.06777877e-1f));
      p = p.fma(a, FloatVector.broadcast(F, -6.34846687e-1f));
      p = p.fma(a, FloatVector.broadcast(F, -1.28717512e-1f));
      p.fma(a, a.neg()).intoArray(y, yo + i);
    }
  }

  /** An odd polynomial near 0, else 1 − e with the sign of x. */
  static void erf(float[] x, int xo, float[] e, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + i);
      FloatVector t = FloatVector.fromArray(F, e, i);
      FloatVector s = v.mul(v);
      FloatVector p =
          s.fma(
              FloatVector.broadcast(F, -5.96761703e-4f), FloatVector.broadcast(F, 4.99119423e-3f));
      p = p.fma(s, FloatVector.broadcast(F, -2.67681349e-2f));
      p = p.fma(s, FloatVector.broadcast(F, 1.12819925e-1f));
      p = p.fma(s, FloatVector.broadcast(F, -3.76125336e-1f));
      p = p.fma(s, FloatVector.broadcast(F, 1.28379166e-1f));
      p = p.fma(v, v);
      IntVector bits = v.reinterpretAsInts();
      FloatVector far = FloatVector.broadcast(F, 1f).sub(t);
      far = far.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
      FloatVector a = bits.and(~SIGN).reinterpretAsFloats();
      p.blend(far, a.compare(VectorOperators.GT, 0.927734375f)).intoArray(y, yo + i);
    }
  }
}
