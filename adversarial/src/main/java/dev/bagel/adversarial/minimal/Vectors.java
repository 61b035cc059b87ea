package dev.bagel.adversarial.minimal;

/** Arithmetic on one example's elements, summed in double. */
final class Vectors {
  private Vectors() {}

  static float[] difference(float[] a, float[] b) {
    float[] c = new float[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] - b[i];
    }
    return c;
  }

  /** a + s·b. */
  static float[] sum(float[] a, double s, float[] b) {
    float[] c = new float[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = (float) (a[i] + s * b[i]);
    }
    return c;
  }

  static float[] scaled(float[] a, double s) {
    float[] c = new float[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = (float) (s * a[i]);
    }
    return c;
  }

  static double dot(float[] a, float[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += (double) a[i] * b[i];
    }
    return s;
  }
}
