package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** Where an attack in a ball begins. */
public sealed interface Start {
  /** At the input itself. */
  Start INPUT = Simple.INPUT;

  /** At a random point of the ball, uniformly. */
  Start RANDOM = Simple.RANDOM;

  /**
   * The points to begin at, all of them in ball and bounds, and what finding them cost.
   *
   * @param x the unperturbed batch, [N, …]
   */
  Found from(Ball ball, Classifier f, Tensor x, Goal goal, Seeds seeds);

  /**
   * At these points, or at the nearest ones in the ball.
   *
   * @param points of all examples of the data set, by their numbers in it: see {@link Seeds}
   */
  static Start at(Tensor points) {
    return new Given(points);
  }

  /** Where another attack ends, or at the nearest point in the ball. */
  static Start foundBy(Attack attack) {
    return new FoundBy(attack);
  }

  private static Found asked(Tensor x, Cost cost) {
    return new Found(x, new boolean[x.shape().dim(0)], cost);
  }

  /** What needs no settings. */
  enum Simple implements Start {
    /** {@link Start#INPUT}. */
    INPUT {
      @Override
      public Found from(Ball ball, Classifier f, Tensor x, Goal goal, Seeds seeds) {
        return asked(x, Cost.NONE);
      }
    },

    /** {@link Start#RANDOM}. */
    RANDOM {
      @Override
      public Found from(Ball ball, Classifier f, Tensor x, Goal goal, Seeds seeds) {
        float[] points = x.toArray();
        int d = seeds.size() == 0 ? 0 : points.length / seeds.size();
        for (int i = 0; i < seeds.size(); i++) {
          float[] delta = new float[d];
          Rng rng = seeds.example(i).at("start");
          ball.norm().sample(delta, ball.epsilon(), Ball.reach(f.bounds()), rng);
          for (int j = 0; j < d; j++) {
            float moved = points[i * d + j] + delta[j];
            points[i * d + j] = Math.min(f.bounds().high(), Math.max(f.bounds().low(), moved));
          }
        }
        return asked(Tensor.wrap(x.shape(), points), Cost.NONE);
      }
    }
  }

  /** {@link Start#at}. */
  record Given(Tensor points) implements Start {
    @Override
    public Found from(Ball ball, Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Shape needed = x.shape().with(0, points.shape().dim(0));
      if (!points.shape().equals(needed)) {
        throw new IllegalArgumentException(
            "starts " + points.shape() + " for inputs " + x.shape() + ": " + needed + " is needed");
      }
      for (int example : seeds.examples()) {
        if (example < 0 || example >= points.shape().dim(0)) {
          throw new IllegalArgumentException(
              "no start for example "
                  + example
                  + ": starts are given for examples 0 … "
                  + (points.shape().dim(0) - 1));
        }
      }
      return asked(ball.nearest(points.rows(seeds.examples()), x, f.bounds()), Cost.NONE);
    }

    @Override
    public String toString() {
      return "Given" + points.shape();
    }
  }

  /** {@link Start#foundBy}. */
  record FoundBy(Attack attack) implements Start {
    @Override
    public Found from(Ball ball, Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Found found = attack.on(f, x, goal, seeds.at("start"));
      return asked(ball.nearest(found.x(), x, f.bounds()), found.cost());
    }
  }
}
