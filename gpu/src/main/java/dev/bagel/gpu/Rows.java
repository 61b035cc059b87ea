package dev.bagel.gpu;

/** Reductions, and what looks at whole rows. */
abstract class Rows extends Chains {
  /** Sums or maxima, each output by one item: outputs, numbers of each, their walks. */
  final void reduce(int pc) {
    int max = code[pc + 1];
    int x = code[pc + 2];
    int y = code[pc + 3];
    int outputs = code[pc + 4];
    int inner = code[pc + 5];
    int kept = code[pc + 6];
    int reduced = code[pc + 7];
    for (int i = getGlobalId(); i < outputs; i += getGlobalSize()) {
      memory[y + i] = reduced(max, x + place(kept, i), 0, inner, 1, reduced);
    }
  }

  /** The same, each output by one group. */
  final void reduceByGroup(int pc) {
    int max = code[pc + 1];
    int x = code[pc + 2];
    int y = code[pc + 3];
    int outputs = code[pc + 4];
    int inner = code[pc + 5];
    int kept = code[pc + 6];
    int reduced = code[pc + 7];
    int l = getLocalId();
    for (int i = getGroupId(); i < outputs; i += getNumGroups()) {
      float mine = reduced(max, x + place(kept, i), l, inner, GROUP, reduced);
      float all = 0f;
      if (max == 1) {
        all = groupMax(mine);
      } else {
        all = groupSum(mine);
      }
      if (l == 0) {
        memory[y + i] = all;
      }
    }
  }

  /**
   * Numbers {@code from}, {@code from + step}, … of those that are reduced. A sum keeps what
   * rounding lost (Kahan 1965).
   */
  final float reduced(int max, int base, int from, int to, int step, int walk) {
    float all = max == 1 ? -1f / 0f : 0f;
    float lost = 0f;
    for (int j = from; j < to; j += step) {
      float v = memory[base + place(walk, j)];
      if (max == 1) {
        all = larger(all, v);
      } else {
        float term = v - lost;
        float sum = all + term;
        lost = (sum - all) - term;
        all = sum;
      }
    }
    return all;
  }

  /** Sums of parts: y[i] = Σ parts[s][i]. */
  final void sumParts(int pc) {
    int y = code[pc + 1];
    int n = code[pc + 2];
    int parts = code[pc + 3];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      float sum = 0f;
      for (int s = 0; s < parts; s++) {
        sum += partial[s * n + i];
      }
      memory[y + i] = sum;
    }
  }

  final void logSoftmax(int pc) {
    int x = code[pc + 1];
    int y = code[pc + 2];
    int rows = code[pc + 3];
    int k = code[pc + 4];
    for (int i = getGlobalId(); i < rows; i += getGlobalSize()) {
      float most = memory[x + i * k];
      for (int j = 1; j < k; j++) {
        most = larger(most, memory[x + i * k + j]);
      }
      float sum = 0f;
      for (int j = 0; j < k; j++) {
        sum += exp(memory[x + i * k + j] - most);
      }
      float all = log(sum);
      for (int j = 0; j < k; j++) {
        memory[y + i * k + j] = memory[x + i * k + j] - most - all;
      }
    }
  }

  /**
   * θ with Σ max(|x| − θ, 0) = radius, by Newton's method from below, which ends at the solution
   * because the sum is convex and piecewise linear: Michelot 1986.
   */
  final void l1Threshold(int pc) {
    int x = code[pc + 1];
    int radii = code[pc + 2];
    int y = code[pc + 3];
    int rows = code[pc + 4];
    int d = code[pc + 5];
    int l = getLocalId();
    for (int row = getGroupId(); row < rows; row += getNumGroups()) {
      float radius = memory[radii + row];
      float theta = 0f;
      boolean rises = true;
      while (rises) {
        float sum = 0f;
        float count = 0f;
        float most = 0f;
        for (int j = l; j < d; j += GROUP) {
          float a = abs(memory[x + row * d + j]);
          most = larger(most, a);
          if (a > theta) {
            sum += a - theta;
            count += 1f;
          }
        }
        float all = groupSum(sum);
        float over = groupSum(count);
        float top = groupMax(most);
        float next = theta + (all - radius) / over;
        if (radius <= 0f) { // the ball is a point: everything shrinks to zero
          next = top;
        }
        rises = over > 0f && next > theta;
        theta = rises ? next : theta;
      }
      if (l == 0) {
        memory[y + row] = theta;
      }
    }
  }

  /** 1 for the k largest of each row, the first of those that tie, else 0. */
  final void largest(int pc) {
    int x = code[pc + 1];
    int counts = code[pc + 2];
    int y = code[pc + 3];
    int rows = code[pc + 4];
    int d = code[pc + 5];
    for (int row = getGroupId(); row < rows; row += getNumGroups()) {
      int k = (int) memory[counts + row];
      mark(x + row * d, y + row * d, d, k, level(x + row * d, d, k));
    }
  }

  /** The smallest number that fewer than k of d numbers are above, found by halving. */
  final float level(int x, int d, int k) {
    float low = -3.4028235e38f;
    float high = 3.4028235e38f;
    boolean narrows = true;
    while (narrows) {
      float middle = low * 0.5f + high * 0.5f;
      narrows = middle > low && middle < high;
      if (above(x, d, middle) < k) {
        high = narrows ? middle : high;
      } else {
        low = narrows ? middle : low;
      }
    }
    return above(x, d, low) < k ? low : high;
  }

  /** How many of d numbers are above a level. */
  final float above(int x, int d, float level) {
    float count = 0f;
    for (int j = getLocalId(); j < d; j += GROUP) {
      count += memory[x + j] > level ? 1f : 0f;
    }
    return groupSum(count);
  }

  /** Marks what is above the level, and of what is at it as many as are missing, from the left. */
  final void mark(int x, int y, int d, int k, float level) {
    int l = getLocalId();
    int left = k - (int) above(x, d, level);
    int each = (d + GROUP - 1) / GROUP;
    int from = l * each;
    float ties = 0f;
    for (int j = from; j < min(d, from + each); j++) {
      ties += memory[x + j] == level ? 1f : 0f;
    }
    ta[l] = ties;
    localBarrier();
    for (int before = 0; before < l; before++) {
      left = left - (int) ta[before];
    }
    for (int j = from; j < min(d, from + each); j++) {
      float v = memory[x + j];
      boolean tie = v == level && left > 0;
      memory[y + j] = k > 0 && (k >= d || v > level || tie) ? 1f : 0f;
      left = tie ? left - 1 : left;
    }
    localBarrier();
  }
}
