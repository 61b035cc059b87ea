package dev.bagel.gpu;

/** Chains of elementwise functions: a small interpreter over registers, for one element. */
abstract class Chains extends Machine {
  /** Registers of a chain. */
  static final int REGISTERS = 64;

  /** Ints of an instruction: function, result, arguments. */
  static final int INSTRUCTION = 5;

  /** Runs the chain at {@code pc} for element {@code e}. */
  final void chain(int pc, int e) {
    float[] r = new float[REGISTERS];
    int end = pc + 1 + INSTRUCTION * code[pc];
    for (int at = pc + 1; at < end; at += INSTRUCTION) {
      int f = code[at];
      int to = code[at + 1];
      int a = code[at + 2];
      int b = code[at + 3];
      if (f < Code.FIRST_FUNCTION) {
        if (f == Code.LOAD) {
          r[to] = memory[a + e];
        } else if (f == Code.LOAD_ONE) {
          r[to] = memory[a];
        } else if (f == Code.LOAD_WALK) {
          r[to] = memory[a + place(b, e)];
        } else {
          memory[a + e] = r[to];
        }
      } else if (f < Code.FIRST_UNARY) {
        float x = r[a];
        float y = r[b];
        r[to] = f == Code.SELECT ? (x != 0f ? y : r[code[at + 4]]) : binary(f, x, y);
      } else if (f < Code.FIRST_TRANSCENDENTAL) {
        r[to] = simple(f, r[a]);
      } else {
        r[to] = transcendental(f, r[a]);
      }
    }
  }

  final float binary(int f, float x, float y) {
    float v = x + y;
    if (f == Code.SUB) {
      v = x - y;
    } else if (f == Code.MUL) {
      v = x * y;
    } else if (f == Code.DIV) {
      v = x / y;
    } else if (f == Code.MAX) {
      v = larger(x, y);
    } else if (f == Code.MIN) {
      v = smaller(x, y);
    } else if (f == Code.GREATER_EQUAL) {
      v = x >= y ? 1f : 0f;
    } else if (f == Code.POW) {
      v = pow(x, y);
    }
    return v;
  }

  final float simple(int f, float x) {
    float v = x;
    if (f == Code.NEG) {
      v = -x;
    } else if (f == Code.ABS) {
      v = abs(x);
    } else if (f == Code.SIGN) {
      v = x > 0f ? 1f : (x < 0f ? -1f : x); // NaN and the zeros stay
    } else if (f == Code.STEP) {
      v = x > 0f ? 1f : 0f;
    } else if (f == Code.RELU) {
      v = x < 0f ? 0f : x; // NaN stays
    } else if (f == Code.FLOOR) {
      v = floor(x);
    } else if (f == Code.SQRT) {
      v = sqrt(x);
    }
    return v;
  }

  final float transcendental(int f, float x) {
    float v = x;
    if (f == Code.EXP) {
      v = exp(x);
    } else if (f == Code.EXPM1) {
      v = expm1(x);
    } else if (f == Code.LOG) {
      v = log(x);
    } else if (f == Code.LOG1P) {
      v = log1p(x);
    } else if (f == Code.SIN) {
      v = sin(x);
    } else if (f == Code.COS) {
      v = cos(x);
    } else if (f == Code.TANH) {
      v = tanh(x);
    } else if (f == Code.SIGMOID) {
      v = 1f / (1f + exp(-x));
    } else if (f == Code.SOFTPLUS) {
      v = (x < 0f ? 0f : x) + log1p(exp(-abs(x)));
    } else if (f == Code.ERF) {
      v = erf(x);
    }
    return v;
  }

  /**
   * Abramowitz and Stegun 7.1.6 near 0: erf x = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)); and
   * 7.1.26 elsewhere, to 1.5·10⁻⁷.
   */
  final float erf(float x) {
    float a = abs(x);
    float v = x;
    if (a < 1f) {
      float term = x;
      for (int n = 1; n < 12; n++) {
        term = term * 2f * x * x / (2f * n + 1f);
        v = v + term;
      }
      v = v * 1.1283792f * exp(-x * x);
    } else if (a >= 1f) { // not NaN
      float t = 1f / (1f + 0.3275911f * a);
      float poly =
          t
              * (0.254829592f
                  + t
                      * (-0.284496736f
                          + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
      float tail = 1f - poly * exp(-a * a);
      v = x < 0f ? -tail : tail;
    }
    return v;
  }
}
