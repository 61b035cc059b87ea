package dev.bagel.adversarial.minimal;

/**
 * Adam on one example's numbers: Kingma and Ba 2015, Algorithm 1, with its constants. {@link
 * dev.bagel.nn.Optimizer} moves whole batches in a graph; here every example starts anew when its
 * own search does.
 */
final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final double rate;
  private final double[] m;
  private final double[] v;
  private int t;

  Adam(double rate, int d) {
    this.rate = rate;
    m = new double[d];
    v = new double[d];
  }

  /** Moves p against its gradient g. */
  void move(float[] p, float[] g) {
    t++;
    double unbias1 = 1 - Math.pow(BETA1, t);
    double unbias2 = 1 - Math.pow(BETA2, t);
    for (int i = 0; i < p.length; i++) {
      m[i] = BETA1 * m[i] + (1 - BETA1) * g[i];
      v[i] = BETA2 * v[i] + (1 - BETA2) * g[i] * g[i];
      p[i] -= (float) (rate * (m[i] / unbias1) / (Math.sqrt(v[i] / unbias2) + EPSILON));
    }
  }
}
