package dev.bagel.gpu;

/** Pooling. A window is described by fifteen numbers from {@code pc} on: see {@link Lowering}. */
abstract class Windows extends Rows {
  /** y[window] = u where the selector is first largest. */
  final void maxTake(int pc) {
    int u = code[pc + 2];
    int y = code[pc + 3];
    int plane = code[pc + 5] * code[pc + 6];
    int outputs = code[pc + 11] * code[pc + 12];
    int n = code[pc + 4] * outputs;
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      int at = i / outputs * plane;
      memory[y + i] = memory[u + at + first(pc, at, i % outputs)];
    }
  }

  /** Where in its plane a window has its first maximum; a NaN is larger than everything. */
  final int first(int pc, int plane, int window) {
    int x = code[pc + 1] + plane;
    int w = code[pc + 6];
    int top = window / code[pc + 12] * code[pc + 9] - code[pc + 13];
    int left = window % code[pc + 12] * code[pc + 10] - code[pc + 14];
    int bottom = min(code[pc + 5], top + code[pc + 7]);
    int right = min(w, left + code[pc + 8]);
    int best = max(0, top) * w + max(0, left);
    float most = memory[x + best];
    for (int r = max(0, top); r < bottom; r++) {
      for (int q = max(0, left); q < right; q++) {
        float v = memory[x + r * w + q];
        if (v > most || nan(v) > nan(most)) {
          most = v;
          best = r * w + q;
        }
      }
    }
    return best;
  }

  /** x[place] = the sum over the windows whose first maximum is there. */
  final void maxPut(int pc) {
    int g = code[pc + 2];
    int x = code[pc + 3];
    int plane = code[pc + 5] * code[pc + 6];
    int outputs = code[pc + 11] * code[pc + 12];
    int chain = code[pc + 18];
    int n = code[pc + 4] * plane;
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      int image = i / plane;
      int r = i % plane / code[pc + 6];
      int q = i % code[pc + 6];
      int toR = lastWindow(r + code[pc + 13], code[pc + 9], code[pc + 11]);
      int toQ = lastWindow(q + code[pc + 14], code[pc + 10], code[pc + 12]);
      float sum = 0f;
      for (int a = firstWindow(r + code[pc + 13], code[pc + 7], code[pc + 9]); a <= toR; a++) {
        for (int b = firstWindow(q + code[pc + 14], code[pc + 8], code[pc + 10]); b <= toQ; b++) {
          int window = a * code[pc + 12] + b;
          if (first(pc, image * plane, window) == i % plane) {
            sum += memory[g + image * outputs + window];
          }
        }
      }
      memory[x + i] = sum;
      if (chain > 0) {
        chain(chain, i);
      }
    }
  }

  /** The first window that reaches a padded place. */
  static int firstWindow(int place, int length, int stride) {
    int beyond = place - length + stride;
    return beyond < 0 ? 0 : beyond / stride;
  }

  /** The last window that begins before a padded place or at it. */
  static int lastWindow(int place, int stride, int windows) {
    int last = place / stride;
    return last < windows ? last : windows - 1;
  }

  /** y[window] = the mean over the window. */
  final void meanTake(int pc) {
    int x = code[pc + 2];
    int y = code[pc + 3];
    int w = code[pc + 6];
    int plane = code[pc + 5] * w;
    int outputs = code[pc + 11] * code[pc + 12];
    int n = code[pc + 4] * outputs;
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      int a = i % outputs / code[pc + 12];
      int b = i % code[pc + 12];
      int top = a * code[pc + 9] - code[pc + 13];
      int left = b * code[pc + 10] - code[pc + 14];
      int bottom = min(code[pc + 5], top + code[pc + 7]);
      int right = min(w, left + code[pc + 8]);
      float sum = 0f;
      for (int r = max(0, top); r < bottom; r++) {
        for (int q = max(0, left); q < right; q++) {
          sum += memory[x + i / outputs * plane + r * w + q];
        }
      }
      memory[y + i] = sum / cells(pc, a, b);
    }
  }

  /** x[place] = the sum of the shares of the windows that it is in. */
  final void meanPut(int pc) {
    int g = code[pc + 2];
    int x = code[pc + 3];
    int plane = code[pc + 5] * code[pc + 6];
    int outputs = code[pc + 11] * code[pc + 12];
    int n = code[pc + 4] * plane;
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      int r = i % plane / code[pc + 6];
      int q = i % code[pc + 6];
      int toR = lastWindow(r + code[pc + 13], code[pc + 9], code[pc + 11]);
      int toQ = lastWindow(q + code[pc + 14], code[pc + 10], code[pc + 12]);
      float sum = 0f;
      for (int a = firstWindow(r + code[pc + 13], code[pc + 7], code[pc + 9]); a <= toR; a++) {
        for (int b = firstWindow(q + code[pc + 14], code[pc + 8], code[pc + 10]); b <= toQ; b++) {
          sum += memory[g + i / plane * outputs + a * code[pc + 12] + b] / cells(pc, a, b);
        }
      }
      memory[x + i] = sum;
    }
  }

  /** What the sum over a window is divided by: its cells inside the image, or the padded image. */
  final float cells(int pc, int a, int b) {
    int padded = code[pc + 17];
    int top = a * code[pc + 9] - code[pc + 13];
    int left = b * code[pc + 10] - code[pc + 14];
    int bottom = min(top + code[pc + 7], code[pc + 5] + padded * code[pc + 15]);
    int right = min(left + code[pc + 8], code[pc + 6] + padded * code[pc + 16]);
    int rows = padded == 1 ? bottom - top : bottom - max(0, top);
    int columns = padded == 1 ? right - left : right - max(0, left);
    return (float) (rows * columns);
  }
}
