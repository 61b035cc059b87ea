package dev.bagel.tensor;

/**
 * A counter-based stream of random numbers: what is drawn is a pure function of a key and a
 * counter, and a stream has no state.
 *
 * <p>A stream is narrowed by purpose and by index, {@code
 * Rng.of(seed).at("start").at(exampleIndex)}, so that what is drawn for an example depends neither
 * on the batch that it came in, nor on the threads, nor on the order. There is nothing to split, to
 * share or to save: a checkpoint needs the seed and a step number.
 *
 * <p>Bits come from the finalizer of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators", Figure 17), applied to {@code key + counter · γ}. It passes the
 * usual statistical batteries; it is not for cryptography.
 *
 * @param key names the stream; equal keys are equal streams
 */
public record Rng(long key) {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  /** The stream of a seed that a person chose. */
  public static Rng of(long seed) {
    return new Rng(mix(seed + GAMMA));
  }

  /** The sub-stream of a purpose, such as {@code "shuffle"}. */
  public Rng at(String purpose) {
    return at(tag(purpose));
  }

  /** A purpose as an index, for who asks often: {@code at(tag(p))} is {@code at(p)}; FNV-1a. */
  public static long tag(String purpose) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < purpose.length(); i++) {
      hash = (hash ^ purpose.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }

  /** The sub-stream of an index: an example, an epoch, a restart. */
  public Rng at(long index) {
    return new Rng(mix(key ^ mix(index * GAMMA + 0x632BE59BD9B4E019L)));
  }

  /** 64 random bits: draw number {@code counter} of this stream. */
  public long bits(long counter) {
    return mix(key + (counter + 1) * GAMMA);
  }

  /** Uniform in [0, 1), in steps of 2⁻²⁴. */
  public float uniform(long counter) {
    return (bits(counter) >>> 40) * 0x1p-24f;
  }

  /** Uniform in [0, 1), in steps of 2⁻⁵³. */
  public double uniformDouble(long counter) {
    return (bits(counter) >>> 11) * 0x1p-53;
  }

  /** Standard normal (Box and Muller 1958); uses the bits of draws 2·counter and 2·counter + 1. */
  public float gaussian(long counter) {
    double u = 1 - uniformDouble(2 * counter); // in (0, 1]: its logarithm is finite
    double v = uniformDouble(2 * counter + 1);
    return (float) (Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
  }

  /** Exponential with mean 1. */
  public double exponential(long counter) {
    return -Math.log(1 - uniformDouble(counter));
  }

  /** Uniform in 0 … bound−1 (bias below 2⁻³² · bound). */
  public int below(long counter, int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("below(" + bound + "): the bound must be positive");
    }
    return (int) (((bits(counter) >>> 32) * bound) >>> 32);
  }

  /** The numbers 0 … n−1 in random order (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i, i + 1);
      p[i] = p[j];
      p[j] = i;
    }
    return p;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
