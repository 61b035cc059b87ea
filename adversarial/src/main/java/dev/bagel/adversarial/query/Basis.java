package dev.bagel.adversarial.query;

import dev.bagel.tensor.Shape;

/** An orthonormal basis, or the part of one, whose directions an attack tries one by one. */
public sealed interface Basis {
  /** The directions for inputs of one shape. */
  interface Directions {
    int size();

    /** x ← x + by · direction k, in place. */
    void add(int k, double by, float[] x);
  }

  /**
   * The directions for a batch.
   *
   * @param shape of the batch, [N, …]
   */
  Directions of(Shape shape);

  static Basis pixels() {
    return new Pixels();
  }

  /** The lowest eighth of the frequencies of each side: the authors' choice for ImageNet. */
  static Basis dct() {
    return new Dct(0.125);
  }

  /** One element at a time. */
  record Pixels() implements Basis {
    @Override
    public Directions of(Shape shape) {
      int d = shape.size() / shape.dim(0);
      return new Directions() {
        @Override
        public int size() {
          return d;
        }

        @Override
        public void add(int k, double by, float[] x) {
          x[k] += (float) by;
        }
      };
    }
  }

  /**
   * The discrete cosine transform (DCT-II, orthonormal) of each channel along the last two axes; of
   * inputs with one axis, along that. Low frequencies fool a model sooner.
   *
   * @param share of the frequencies of each side, from the lowest on, in (0, 1]
   */
  record Dct(double share) implements Basis {
    public Dct {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("a share of " + share + " of the frequencies: (0, 1]");
      }
    }

    @Override
    public Directions of(Shape shape) {
      int rank = shape.rank();
      int h = rank > 2 ? shape.dim(rank - 2) : 1;
      int w = shape.dim(rank - 1);
      int channels = shape.size() / shape.dim(0) / (h * w);
      return new Waves(channels, h, w, lowest(h), lowest(w));
    }

    private int lowest(int n) {
      return (int) Math.ceil(share * n);
    }
  }

  /** Products of two cosines in one channel, of the lowest frequencies. */
  record Waves(int channels, int h, int w, int down, int across) implements Directions {
    @Override
    public int size() {
      return channels * down * across;
    }

    @Override
    public void add(int k, double by, float[] x) {
      int plane = k / (down * across) * h * w;
      int u = k / across % down;
      int v = k % across;
      for (int r = 0; r < h; r++) {
        for (int c = 0; c < w; c++) {
          x[plane + r * w + c] += (float) (by * wave(u, r, h) * wave(v, c, w));
        }
      }
    }

    /** √(2/n) cos(π(2j + 1)u / 2n), and √(1/n) for u = 0. */
    private static double wave(int u, int j, int n) {
      return Math.sqrt((u == 0 ? 1.0 : 2.0) / n) * Math.cos(Math.PI * (2 * j + 1) * u / (2.0 * n));
    }
  }
}
