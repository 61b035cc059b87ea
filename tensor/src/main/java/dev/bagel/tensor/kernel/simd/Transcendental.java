package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of a vector: a reduction of the argument to a short interval, a polynomial there, and
 * the way back. Errors are at most two units in the last place for exp, log and erf, four for the
 * others (tested against double); infinities, NaN and subnormal results are as in {@link Math}.
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

  private static final int SIGN = 0x80000000;
  private static final int TWO_THIRDS = 0x3f2aaaab;

  private Transcendental() {}

  /** e^x = 2^i · e^f with whole i and |f| ≤ ½ log 2. */
  static FloatVector exp(FloatVector x) {
    FloatVector c = x.blend(90f, x.compare(VectorOperators.GT, 90f)); // e^90 overflows
    c = c.blend(-110f, c.compare(VectorOperators.LT, -110f)); // e^−110 underflows
    FloatVector shifted = c.fma(all(LOG2_E), all(ROUND));
    FloatVector i = shifted.sub(ROUND);
    FloatVector f = i.fma(all(-LN2_HIGH), c);
    f = i.fma(all(-LN2_LOW), f);
    FloatVector p = f.fma(all(1.37805939e-3f), all(8.37312452e-3f));
    p = p.fma(f, all(4.16695364e-2f));
    p = p.fma(f, all(1.66664720e-1f));
    p = p.fma(f, all(4.99999851e-1f));
    p = p.fma(f, all(1f));
    p = p.fma(f, all(1f));
    IntVector whole = shifted.reinterpretAsInts().sub(0x4b400000); // the bits of ROUND
    IntVector half = whole.lanewise(VectorOperators.ASHR, 1); // twice, as 2^i may not be a float
    return p.mul(power(half)).mul(power(whole.sub(half)));
  }

  /** 2^i for −126 ≤ i ≤ 127. */
  private static FloatVector power(IntVector i) {
    return i.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** log x = i log 2 + log(1 + m) with 1 + m in [2/3, 4/3). */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    FloatVector a = x.blend(x.mul(8388608f), tiny); // 2²³
    FloatVector r = log(a.reinterpretAsInts(), all(0f).blend(-23f, tiny));
    r = r.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    r = r.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    r = r.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
    return r.blend(x, x.compare(VectorOperators.NE, x)); // NaN
  }

  /** log of 2^scale times the positive normal float with these bits. */
  private static FloatVector log(IntVector bits, FloatVector scale) {
    IntVector e = bits.sub(TWO_THIRDS).and(0xff800000);
    FloatVector m = bits.sub(e).reinterpretAsFloats().sub(1f);
    FloatVector i = scale.add(whole(e.lanewise(VectorOperators.ASHR, 23)));
    FloatVector s = m.mul(m);
    FloatVector r = s.fma(all(-0.130310059f), all(-0.121483453f));
    FloatVector t = s.fma(all(0.140869141f), all(0.139814854f));
    r = r.fma(s, all(-0.166846126f));
    t = t.fma(s, all(0.200120345f));
    r = r.fma(s, all(-0.249996200f));
    r = t.fma(m, r);
    r = r.fma(m, all(0.333331972f));
    r = r.fma(m, all(-0.5f));
    r = r.fma(s, m);
    return i.fma(all(LN2), r);
  }

  /** Small whole numbers as floats. */
  private static FloatVector whole(IntVector i) {
    return i.add(0x4b400000).reinterpretAsFloats().sub(ROUND);
  }

  // The others are made of an exponential in three passes over a block, each a loop of its own: the
  // argument of the exponential, the exponential, the result. In one loop they are more than C2
  // inlines, and its vectors end up on the heap (measured: twenty times slower).

  /**
   * Argument of the exponential for {@link #sigmoid} and {@link #softplus}: −|x|, so it is at most
   * 1.
   */
  static FloatVector minusMagnitude(FloatVector x) {
    return x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
  }

  /** 1 / (1 + e^(−x)) from e = e^(−|x|): it is 1/(1+e) or e/(1+e). */
  static FloatVector sigmoid(FloatVector x, FloatVector e) {
    FloatVector top = all(1f).blend(e, x.compare(VectorOperators.LT, 0f));
    return top.div(e.add(1f));
  }

  /** max(x, 0) + log(1 + e) from e = e^(−|x|), with what rounding 1 + e lost put back. */
  static FloatVector softplus(FloatVector x, FloatVector e) {
    FloatVector positive = x.blend(0f, x.compare(VectorOperators.LE, 0f));
    FloatVector u = e.add(1f);
    FloatVector lost = e.sub(u.sub(1f)).div(u);
    return positive.add(log(u.reinterpretAsInts(), all(0f)).add(lost));
  }

  /** Argument of the exponential for {@link #tanh}. */
  static FloatVector twiceMagnitude(FloatVector x) {
    FloatVector a = magnitude(x);
    return a.add(a);
  }

  /** An odd polynomial near 0, else 1 − 2 / (e + 1) with the sign of x, from e = e^(2|x|). */
  static FloatVector tanh(FloatVector x, FloatVector e) {
    FloatVector s = x.mul(x);
    FloatVector p = s.fma(all(-5.70498872745e-3f), all(2.06390887954e-2f));
    p = p.fma(s, all(-5.37397155531e-2f));
    p = p.fma(s, all(1.33314422036e-1f));
    p = p.fma(s, all(-3.33332819422e-1f));
    p = p.mul(s).fma(x, x);
    FloatVector far = all(1f).sub(all(2f).div(e.add(1f)));
    return p.blend(withSign(far, x), magnitude(x).compare(VectorOperators.GE, 0.625f));
  }

  /** Argument of the exponential for {@link #erf}, a polynomial in |x|. */
  static FloatVector erfExponent(FloatVector x) {
    FloatVector a = magnitude(x);
    FloatVector t = a.blend(10f, a.compare(VectorOperators.GT, 10f)); // where erf is 1
    FloatVector s = t.mul(t);
    FloatVector p = t.fma(all(-1.72853470e-5f), all(3.83197126e-4f));
    p = p.fma(s, t.fma(all(-3.88396438e-3f), all(2.42546219e-2f)));
    p = p.fma(t, all(-1.06777877e-1f));
    p = p.fma(t, all(-6.34846687e-1f));
    p = p.fma(t, all(-1.28717512e-1f));
    return p.fma(t, t.neg());
  }

  /** An odd polynomial near 0, else 1 − e with the sign of x. */
  static FloatVector erf(FloatVector x, FloatVector e) {
    FloatVector s = x.mul(x);
    FloatVector near = s.fma(all(-5.96761703e-4f), all(4.99119423e-3f));
    near = near.fma(s, all(-2.67681349e-2f));
    near = near.fma(s, all(1.12819925e-1f));
    near = near.fma(s, all(-3.76125336e-1f));
    near = near.fma(s, all(1.28379166e-1f));
    near = near.fma(x, x);
    FloatVector far = withSign(all(1f).sub(e), x);
    return near.blend(far, magnitude(x).compare(VectorOperators.GT, 0.927734375f));
  }

  private static FloatVector magnitude(FloatVector x) {
    return x.reinterpretAsInts().and(~SIGN).reinterpretAsFloats();
  }

  private static FloatVector withSign(FloatVector a, FloatVector sign) {
    return a.reinterpretAsInts().or(sign.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
  }

  private static FloatVector all(float v) {
    return FloatVector.broadcast(F, v);
  }
}
