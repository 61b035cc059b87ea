package dev.bagel.tensor.kernel;

/**
 * Working memory of a thread, reused by every kernel that it runs: what a kernel finds there is
 * undefined, and what it leaves there is lost when the next one asks.
 */
public final class Scratch {
  private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

  private float[] floats = new float[1 << 14];
  private float[] shared = new float[0];

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

  /**
   * At least {@code n} floats for what all grains of a kernel share, of the thread that runs the
   * kernel: grains get them handed, and may use {@link #floats} besides.
   */
  public static float[] shared(int n) {
    Scratch s = MINE.get();
    if (s.shared.length < n) {
      s.shared = new float[n];
    }
    return s.shared;
  }
}
