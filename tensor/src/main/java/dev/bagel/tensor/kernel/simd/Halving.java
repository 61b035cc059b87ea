package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Pooling by 2×2 windows side by side, which is most of all pooling: two rows at a time, and
 * neighbouring lanes within a vector, so that nothing has to be taken apart first.
 *
 * <pre>
 *   row 2r      a0 a1 │ a2 a3 │ a4 a5 …      in a vector's piece of two rows
 *   row 2r + 1  b0 b1 │ b2 b3 │ b4 b5 …
 *                  ↓      ↓       ↓
 *   row r         y0     y1      y2   …      half a vector
 * </pre>
 *
 * <p>As the planes have no odd row or column, all rows of all planes are one sequence of pairs.
 * Whole vectors are loaded and stored: what a row's last piece spills over the rows behind is
 * repaired by the pieces that come later, in the order of the tables {@link #full} and {@link
 * #half}. The last pairs, behind which there is nothing to repair, pass through scratch memory.
 *
 * <p>Which of two numbers is larger is read off the sign of their difference, as a mask of all ones
 * or zeros: JDK 17 takes several times longer for a compare and a blend. That is wrong for NaN and
 * for two equal infinities, so the loops also add up products of all differences: if a sum is not
 * finite (which huge differences cause, too), the answer is thrown away and {@link Pool} does it
 * again in its own way.
 */
final class Halving {
  /** Pieces that one call of a loop handles, about. */
  private static final int CALL = 64;

  private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(F, i -> i ^ 1);
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(F, i -> 2 * i % L);
  private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(F, i -> i / 2);

  /** Taken from a difference, it makes 0 negative in even lanes and −0 positive in odd ones. */
  private static final float[] TIE = new float[L];

  static {
    for (int i = 0; i < L; i++) {
      TIE[i] = i % 2 == 0 ? Float.MIN_VALUE : -0f;
    }
  }

  private final Pool.Mode mode;
  private final int w;
  private final int atOnce; // pairs of rows in a call
  private final int blocks; // pieces of a pair
  private final int[] full; // where the upper row of each piece begins
  private final int[] half; // and where its results
  private final int last; // pairs at the end that pass through scratch
  private final int room; // floats of those pairs, and of what whole vectors read behind them

  Halving(Pool.Mode mode, int w) {
    this.mode = mode;
    this.w = w;
    blocks = pieces(w, L);
    atOnce = Math.max(1, CALL / blocks);
    full = new int[atOnce * blocks];
    half = new int[atOnce * blocks];
    boolean shrinks = mode == Pool.Mode.MAX || mode == Pool.Mode.MEAN;
    for (int i = 0; i < full.length; i++) {
      int block = shrinks ? i % blocks : blocks - 1 - i % blocks;
      full[i] = i / blocks * 2 * w + block * L;
      half[i] = i / blocks * w / 2 + block * L / 2;
    }
    int overFull = up(w, L) - w;
    int overHalf = (blocks - 1) * L / 2 + L - w / 2;
    last = Math.max(pieces(overFull, 2 * w), pieces(overHalf, w / 2));
    room = last * 2 * w + 2 * L;
  }

  /** Whether these windows are 2×2 and tile the plane, for a mode that has a loop here. */
  static boolean fits(Pool.Mode mode, Window g) {
    boolean tiles = g.strideY() == 2 && g.strideX() == 2 && g.kh() == 2 && g.kw() == 2;
    boolean inside = g.top() == 0 && g.left() == 0 && g.h() == 2 * g.oh() && g.w() == 2 * g.ow();
    return tiles && inside && mode != Pool.Mode.TAKE;
  }

  /**
   * Pools {@code pairs} pairs of rows.
   *
   * @param in rows at full width, unless the mode is SHARE
   * @param small rows at half width: results of MAX and MEAN, operands of PUT and SHARE
   * @param out rows at full width: results of PUT and SHARE
   * @return whether the result is right; if not, a number may not have been finite
   */
  boolean run(float[] in, int io, float[] small, int so, float[] out, int oo, int pairs) {
    float[] s = Scratch.floats(L + 3 * room);
    Arrays.fill(s, 0, L + 3 * room, 0);
    int direct = Math.max(0, pairs - last);
    for (int p = 0; p < direct; p += atOnce) {
      int n = Math.min(atOnce, direct - p) * blocks;
      call(in, io + p * 2 * w, small, so + p * w / 2, out, oo + p * 2 * w, n, s);
    }
    end(
        in,
        io + direct * 2 * w,
        small,
        so + direct * w / 2,
        out,
        oo + direct * 2 * w,
        pairs - direct,
        s);
    for (int i = 0; i < L; i++) {
      if (!(Math.abs(s[i]) <= Float.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  /** The last pairs of rows, through scratch. */
  private void end(
      float[] in, int io, float[] small, int so, float[] out, int oo, int pairs, float[] s) {
    int n = pairs * 2 * w;
    if (mode != Pool.Mode.SHARE) {
      System.arraycopy(in, io, s, L, n);
    }
    if (mode == Pool.Mode.MAX || mode == Pool.Mode.MEAN) {
      call(s, L, s, L + room, s, L, pairs * blocks, s);
      System.arraycopy(s, L + room, small, so, n / 4);
    } else {
      System.arraycopy(small, so, s, L + room, n / 4);
      call(s, L, s, L + room, s, L + 2 * room, pairs * blocks, s);
      System.arraycopy(s, L + 2 * room, out, oo, n);
    }
  }

  private void call(
      float[] in, int io, float[] small, int so, float[] out, int oo, int n, float[] sums) {
    switch (mode) {
      case MAX -> max(in, io, full, w, small, so, half, n, sums);
      case PUT -> put(in, io, full, w, small, so, half, out, oo, n, sums);
      case MEAN -> mean(in, io, full, w, small, so, half, n);
      case SHARE -> share(small, so, half, out, oo, full, w, n);
      default -> throw new AssertionError(mode);
    }
  }

  // ---- the loops
  // ----------------------------------------------------------------------------------

  private static void max(
      float[] x, int xo, int[] full, int w, float[] y, int yo, int[] half, int n, float[] sums) {
    FloatVector sum = FloatVector.fromArray(F, sums, 0);
    for (int i = 0; i < n; i++) {
      int at = xo + full[i];
      FloatVector a = FloatVector.fromArray(F, x, at);
      FloatVector b = FloatVector.fromArray(F, x, at + w);
      FloatVector d = a.sub(b);
      IntVector lower = d.reinterpretAsInts().lanewise(VectorOperators.ASHR, 31); // b is larger
      IntVector even =
          a.reinterpretAsInts()
              .lanewise(VectorOperators.BITWISE_BLEND, b.reinterpretAsInts(), lower);
      IntVector odd =
          even.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsInts();
      FloatVector e = even.reinterpretAsFloats().sub(odd.reinterpretAsFloats());
      sum = d.fma(e, sum);
      IntVector right = e.reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      even.lanewise(VectorOperators.BITWISE_BLEND, odd, right)
          .reinterpretAsFloats()
          .rearrange(EVEN)
          .intoArray(y, yo + half[i]);
    }
    sum.intoArray(sums, 0);
  }

  /**
   * Of each pair of lanes the larger is kept, in the upper row and in the lower; the sign of the
   * difference of what is kept says which row has the largest of all four. Written out until it is
   * too long to be inlined, for the reason given in {@link Toom}.
   */
  private static void put(
      float[] x,
      int xo,
      int[] full,
      int w,
      float[] y,
      int yo,
      int[] half,
      float[] z,
      int zo,
      int n,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(F, sums, 0);
    FloatVector tie = FloatVector.fromArray(F, TIE, 0);
    for (int i = 0; i < n; i++) {
      int at = full[i];
      int upper = xo + at;
      int under = upper + w;
      FloatVector a = FloatVector.fromArray(F, x, upper);
      FloatVector b = FloatVector.fromArray(F, x, under);
      FloatVector da = a.rearrange(SWAP).sub(a);
      FloatVector db = b.rearrange(SWAP).sub(b);
      sum = da.fma(db, sum);
      IntVector keepA = da.sub(tie).reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      IntVector keepB = db.sub(tie).reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      FloatVector keptA = a.reinterpretAsInts().and(keepA).reinterpretAsFloats();
      FloatVector keptB = b.reinterpretAsInts().and(keepB).reinterpretAsFloats();
      FloatVector d = keptA.sub(keptB);
      d = d.add(d.rearrange(SWAP)); // one rounding only: two of the four kept lanes are 0
      IntVector lower = d.reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      FloatVector twice = FloatVector.fromArray(F, y, yo + half[i]).rearrange(TWICE);
      IntVector v = twice.reinterpretAsInts();
      IntVector below = v.and(lower);
      IntVector above = v.sub(below);
      upper = zo + at;
      under = upper + w;
      above.and(keepA).reinterpretAsFloats().intoArray(z, upper);
      below.and(keepB).reinterpretAsFloats().intoArray(z, under);
    }
    sum.intoArray(sums, 0);
  }

  private static void mean(
      float[] x, int xo, int[] full, int w, float[] y, int yo, int[] half, int n) {
    for (int i = 0; i < n; i++) {
      int at = xo + full[i];
      FloatVector v = FloatVector.fromArray(F, x, at).add(FloatVector.fromArray(F, x, at + w));
      v.add(v.rearrange(SWAP)).mul(0.25f).rearrange(EVEN).intoArray(y, yo + half[i]);
    }
  }

  private static void share(
      float[] y, int yo, int[] half, float[] z, int zo, int[] full, int w, int n) {
    for (int i = 0; i < n; i++) {
      int at = zo + full[i];
      FloatVector v = FloatVector.fromArray(F, y, yo + half[i]).rearrange(TWICE).mul(0.25f);
      v.intoArray(z, at);
      v.intoArray(z, at + w);
    }
  }
}
