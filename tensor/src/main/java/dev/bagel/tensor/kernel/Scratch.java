package dev.bagel.tensor.kernel;

/**
 * Working memory of a thread, reused by every kernel that it runs: what a kernel finds there is
 * undefined, and what it leaves there is lost when the next one asks.
 */
public final class Scratch {
  private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

  private float[] floats = new float[1 << 14];

  private Scratch() {}

  /**
   * At least {@code n} floats. Only one user at a time: a second call may return the same array.
   */
  public static float[] floats(int n) {
    Scratch s = MINE.get();
    if (s.floats.length < n) {
      s.floats = new float[Math.max(n, 2 * s.floats.length)];
    }
    return s.floats;
  }
}
