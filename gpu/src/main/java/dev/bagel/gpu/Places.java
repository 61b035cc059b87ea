package dev.bagel.gpu;

/** What moves elements about, or draws them. */
abstract class Places extends Windows {
  final void loadWeights(int pc) {
    int to = code[pc + 1];
    int n = code[pc + 2];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      memory[to + i] = weights[i];
    }
  }

  final void loadCells(int pc) {
    int to = code[pc + 1];
    int n = code[pc + 2];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      memory[to + i] = input[i];
    }
  }

  final void storeOutput(int pc) {
    int from = code[pc + 1];
    int n = code[pc + 2];
    int to = code[pc + 3];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      output[to + i] = memory[from + i];
    }
  }

  final void chains(int pc) {
    int n = code[pc + 1];
    int chain = code[pc + 2];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      chain(chain, i);
    }
  }

  final void fill(int pc) {
    int y = code[pc + 1];
    int n = code[pc + 2];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      memory[y + i] = 0f;
    }
  }

  /** y[walk] = x, in the order of x. */
  final void spread(int pc) {
    int x = code[pc + 1];
    int y = code[pc + 2];
    int n = code[pc + 3];
    int walk = code[pc + 4];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      memory[y + place(walk, i)] = memory[x + i];
    }
  }

  final void oneHot(int pc) {
    int x = code[pc + 1];
    int y = code[pc + 2];
    int n = code[pc + 3];
    int k = code[pc + 4];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      float label = memory[x + i / k];
      memory[y + i] = label >= 0f && (int) label == i % k ? 1f : 0f;
    }
  }

  /** [N, C, P] at [N or 1, Q] → [N, C, Q]. */
  final void gather(int pc) {
    int x = code[pc + 1];
    int places = code[pc + 2];
    int y = code[pc + 3];
    int n = code[pc + 4];
    int c = code[pc + 5];
    int p = code[pc + 6];
    int q = code[pc + 7];
    int shared = code[pc + 8];
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      int plane = i / q;
      int row = shared == 1 ? 0 : plane / c;
      float at = memory[places + row * q + i % q];
      float v = 0f;
      if (at >= 0f && at < p) {
        v = memory[x + plane * p + (int) at];
      }
      memory[y + i] = v;
    }
  }

  /** [N, C, Q] to [N or 1, Q] → [N, C, P]; each plane by one item, in the order of its elements. */
  final void scatter(int pc) {
    int x = code[pc + 1];
    int places = code[pc + 2];
    int y = code[pc + 3];
    int planes = code[pc + 4];
    int c = code[pc + 5];
    int p = code[pc + 6];
    int q = code[pc + 7];
    int shared = code[pc + 8];
    for (int i = getGlobalId(); i < planes; i += getGlobalSize()) {
      int row = shared == 1 ? 0 : i / c;
      for (int j = 0; j < p; j++) {
        memory[y + i * p + j] = 0f;
      }
      for (int j = 0; j < q; j++) {
        float at = memory[places + row * q + j];
        if (at >= 0f && at < p) {
          int to = y + i * p + (int) at;
          memory[to] = memory[to] + memory[x + i * q + j];
        }
      }
    }
  }

  /** Draws as {@code dev.bagel.tensor.Rng} does. */
  final void noise(int pc) {
    int gaussian = code[pc + 1];
    int keys = code[pc + 2];
    int y = code[pc + 3];
    int n = code[pc + 4];
    int length = code[pc + 5];
    long purpose = word(code[pc + 6], code[pc + 7]);
    for (int i = getGlobalId(); i < n; i += getGlobalSize()) {
      long key = stream(keys + i / length * 4, purpose);
      long counter = (long) (i % length);
      float v = 0f;
      if (gaussian == 1) {
        v = normal(bits(key, counter * 2L), bits(key, counter * 2L + 1L));
      } else {
        long high = bits(key, counter) >>> 40;
        v = (float) high * 0x1p-24f;
      }
      memory[y + i] = v;
    }
  }

  static long word(int high, int low) {
    return ((long) high << 32) | ((long) low & 0xFFFFFFFFL);
  }

  /** The key of a stream from its four numbers, narrowed to a purpose. */
  final long stream(int key, long purpose) {
    long k = 0L;
    for (int j = 3; j >= 0; j--) {
      k = (k << 16) | (long) memory[key + j];
    }
    return mix(k ^ mix(purpose * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L));
  }

  static long bits(long key, long counter) {
    return mix(key + (counter + 1L) * 0x9E3779B97F4A7C15L);
  }

  /** An unsigned shift stands alone, or it would be translated into another number. */
  static long mix(long z) {
    long a = z >>> 30;
    long y = (z ^ a) * 0xBF58476D1CE4E5B9L;
    long b = y >>> 27;
    long x = (y ^ b) * 0x94D049BB133111EBL;
    long c = x >>> 31;
    return x ^ c;
  }

  /** Box and Muller 1958, of two uniform numbers of 53 bits; the logarithm is exact near 1. */
  final float normal(long first, long second) {
    long u = first >>> 11;
    long v = second >>> 11;
    float below = (float) u * 0x1p-53f; // the logarithm is that of 1 − u
    float above = (float) (0x20000000000000L - u) * 0x1p-53f;
    float logarithm = below < 0.5f ? log1p(-below) : log(above);
    return sqrt(-2f * logarithm) * cos(6.2831855f * ((float) v * 0x1p-53f));
  }
}
