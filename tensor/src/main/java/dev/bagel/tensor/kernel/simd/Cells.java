package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops of {@link Pool} over the cells of a line of windows, one vector of windows at a time.
 *
 * <p>For a maximum, numbers are compared by their rank: a whole number of the same order, in which
 * all NaN are the one largest, and −0 and 0 are one. So a single instruction finds the larger of
 * two, and there is a rank below all, for the frame around a plane. Cells are visited from the last
 * to the first, and an equal one replaces the best so far: the first of equals wins, and of several
 * NaN the first.
 *
 * <p>Ranks lie in the arrays of floats as bits. They are loaded and stored, but never rearranged or
 * blended as floats: until it is compiled, JDK 17 makes one NaN of all when it does that
 * (measured).
 */
final class Cells {
  /** The rank below that of every number. */
  static final float LOWEST = Float.intBitsToFloat(Integer.MIN_VALUE);

  private static final int HIGHEST = Integer.MAX_VALUE;
  private static final int INFINITY = 0x7f800000;
  private static final int SIGN = 0x80000000;

  private Cells() {}

  /** The ranks of n numbers, in their place. */
  static void ranks(float[] s, int so, int n) {
    for (int i = so; i < so + n; i += L) {
      IntVector bits = FloatVector.fromArray(F, s, i).reinterpretAsInts();
      IntVector size = bits.and(~SIGN);
      IntVector negative = bits.lanewise(VectorOperators.ASHR, 31); // all ones where it is
      IntVector nan = size.sub(INFINITY + 1).lanewise(VectorOperators.ASHR, 31).not();
      IntVector rank = size.lanewise(VectorOperators.XOR, negative).sub(negative);
      rank.lanewise(VectorOperators.BITWISE_BLEND, HIGHEST, nan)
          .reinterpretAsFloats()
          .intoArray(s, i);
    }
  }

  /** The inverse of {@link #ranks}, up to the sign of 0 and the kind of NaN. */
  static void values(float[] s, int so, int n) {
    for (int i = so; i < so + n; i += L) {
      IntVector rank = FloatVector.fromArray(F, s, i).reinterpretAsInts();
      IntVector negative = rank.lanewise(VectorOperators.ASHR, 31);
      IntVector size = rank.lanewise(VectorOperators.XOR, negative).sub(negative);
      size.or(negative.and(SIGN)).reinterpretAsFloats().intoArray(s, i);
    }
  }

  /** The largest rank in each window. */
  static void largest(int[] cells, float[] s, int so, int yo, int line) {
    for (int j = 0; j < line; j += L) {
      largestOf(cells, s, so + j, yo + j);
    }
  }

  private static void largestOf(int[] cells, float[] s, int so, int yo) {
    IntVector best = FloatVector.fromArray(F, s, so + cells[0]).reinterpretAsInts();
    for (int i = 1; i < cells.length; i++) {
      best = best.max(FloatVector.fromArray(F, s, so + cells[i]).reinterpretAsInts());
    }
    best.reinterpretAsFloats().intoArray(s, yo);
  }

  /** Which cell of each window is the first with the largest rank. */
  static void places(int[] cells, float[] s, int so, int yo, int line) {
    for (int j = 0; j < line; j += L) {
      placesOf(cells, s, so + j, yo + j);
    }
  }

  private static void placesOf(int[] cells, float[] s, int so, int yo) {
    int last = cells.length - 1;
    IntVector best = FloatVector.fromArray(F, s, so + cells[last]).reinterpretAsInts();
    IntVector place = IntVector.broadcast(Lanes.I, last);
    for (int i = last - 1; i >= 0; i--) {
      IntVector v = FloatVector.fromArray(F, s, so + cells[i]).reinterpretAsInts();
      place = place.blend(i, v.compare(VectorOperators.GE, best));
      best = best.max(v);
    }
    place.reinterpretAsFloats().intoArray(s, yo);
  }

  /** The cell at its place in each window. */
  static void take(int[] cells, float[] s, int so, int place, int yo, int line) {
    for (int i = 0; i < cells.length; i++) {
      take(i, s, so + cells[i], place, yo, line);
    }
  }

  private static void take(int i, float[] s, int so, int place, int yo, int line) {
    for (int j = 0; j < line; j += L) {
      IntVector p = FloatVector.fromArray(F, s, place + j).reinterpretAsInts();
      IntVector here = p.lanewise(VectorOperators.XOR, i).sub(1).lanewise(VectorOperators.ASHR, 31);
      IntVector v = FloatVector.fromArray(F, s, so + j).reinterpretAsInts();
      FloatVector.fromArray(F, s, yo + j)
          .reinterpretAsInts()
          .lanewise(VectorOperators.BITWISE_BLEND, v, here)
          .reinterpretAsFloats()
          .intoArray(s, yo + j);
    }
  }

  /** Adds y to the cell at its place in each window. */
  static void put(int[] cells, float[] s, int place, int yo, int xo, int line) {
    for (int i = 0; i < cells.length; i++) {
      put(i, s, place, yo, xo + cells[i], line);
    }
  }

  private static void put(int i, float[] s, int place, int yo, int xo, int line) {
    for (int j = 0; j < line; j += L) {
      IntVector p = FloatVector.fromArray(F, s, place + j).reinterpretAsInts();
      IntVector here = p.lanewise(VectorOperators.XOR, i).sub(1).lanewise(VectorOperators.ASHR, 31);
      IntVector mine = FloatVector.fromArray(F, s, yo + j).reinterpretAsInts().and(here);
      FloatVector.fromArray(F, s, xo + j).add(mine.reinterpretAsFloats()).intoArray(s, xo + j);
    }
  }

  /** The sum of each window, divided by its count. */
  static void mean(int[] cells, float[] s, int so, float[] counts, int yo, int line) {
    for (int j = 0; j < line; j += L) {
      meanOf(cells, s, so + j, counts, j, yo + j);
    }
  }

  private static void meanOf(int[] cells, float[] s, int so, float[] counts, int j, int yo) {
    FloatVector sum = FloatVector.fromArray(F, s, so + cells[0]);
    for (int i = 1; i < cells.length; i++) {
      sum = sum.add(FloatVector.fromArray(F, s, so + cells[i]));
    }
    sum.div(FloatVector.fromArray(F, counts, j)).intoArray(s, yo);
  }

  /** Adds to each cell of a window its share of y. */
  static void share(int[] cells, float[] s, int yo, float[] counts, int xo, int line) {
    for (int j = 0; j < line; j += L) {
      FloatVector y = FloatVector.fromArray(F, s, yo + j);
      y.div(FloatVector.fromArray(F, counts, j)).intoArray(s, yo + j);
    }
    for (int cell : cells) {
      add(s, yo, xo + cell, line);
    }
  }

  private static void add(float[] s, int yo, int xo, int line) {
    for (int j = 0; j < line; j += L) {
      FloatVector x = FloatVector.fromArray(F, s, xo + j);
      x.add(FloatVector.fromArray(F, s, yo + j)).intoArray(s, xo + j);
    }
  }
}
