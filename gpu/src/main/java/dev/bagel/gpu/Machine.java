package dev.bagel.gpu;

import com.aparapi.Kernel;

/**
 * The memory of the one kernel, and what all of its rooms share. See the package for why a kernel
 * is a line of ancestors, and for the rules that its code keeps.
 *
 * <p>Descriptors are whole numbers in {@link #code}; a descriptor begins at {@code pc} with its
 * {@link Code operation}. Addresses are places in {@link #memory}.
 */
abstract class Machine extends Kernel {
  /** Work items of a group. */
  static final int GROUP = 256;

  /** Everything that a program computes with: arena, cells, constants. Never leaves the device. */
  float[] memory;

  /** Descriptors and tables. */
  int[] code;

  /** The constants, as they come from the host. */
  float[] weights;

  /** The cells, as they come from the host. */
  float[] input;

  /** What goes back to the host. */
  float[] output;

  /** Sums that are still in parts. */
  float[] partial;

  /** Where in {@link #code} the descriptors' places are listed. */
  int table;

  /** How many passes come before the body, how many are its own, and how often it runs. */
  int prologue;

  int body;
  int times;

  /** Shared by a group: a tile of the left matrix; or one number for each item. */
  @Local final float[] ta = new float[Tiles.LEFT];

  /** Shared by a group: a tile of the right matrix. */
  @Local final float[] tb = new float[Tiles.RIGHT];

  /** The offset of element {@code i} of a walk: rank, then length and stride from the last axis. */
  final int place(int walk, int i) {
    int rank = code[walk];
    int at = 0;
    int rest = i;
    for (int d = 0; d < rank; d++) {
      int length = code[walk + 1 + 2 * d];
      at += rest % length * code[walk + 2 + 2 * d];
      rest = rest / length;
    }
    return at;
  }

  /** The sum of one number from each item of the group; every item gets it. */
  final float groupSum(float mine) {
    int l = getLocalId();
    ta[l] = mine;
    localBarrier();
    for (int s = GROUP / 2; s > 0; s = s / 2) {
      if (l < s) {
        ta[l] = ta[l] + ta[l + s];
      }
      localBarrier();
    }
    float all = ta[0];
    localBarrier();
    return all;
  }

  /** The largest of one number from each item of the group; NaN if one is. */
  final float groupMax(float mine) {
    int l = getLocalId();
    ta[l] = mine;
    localBarrier();
    for (int s = GROUP / 2; s > 0; s = s / 2) {
      if (l < s) {
        ta[l] = larger(ta[l], ta[l + s]);
      }
      localBarrier();
    }
    float all = ta[0];
    localBarrier();
    return all;
  }

  /** The larger of two numbers; NaN if one is, which {@code Kernel.max} forgets. */
  static float larger(float x, float y) {
    float most = x >= y ? x : y;
    return nan(x) == 1 ? x : most;
  }

  /** The smaller of two numbers; NaN if one is. */
  static float smaller(float x, float y) {
    float least = x <= y ? x : y;
    return nan(x) == 1 ? x : least;
  }

  /**
   * 1 if this is not a number; of a name with "is" or "get" Aparapi thinks that it reads a field.
   */
  @SuppressWarnings("IdentityBinaryExpression")
  static int nan(float x) {
    return x != x ? 1 : 0;
  }
}
