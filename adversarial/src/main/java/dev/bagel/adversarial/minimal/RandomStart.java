package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for any point that reaches the goal: uniform noise, or around an input without bounds
 * normal noise that grows tenfold. A starting point for attacks that come from far away.
 *
 * @param points at most so many are tried
 */
record RandomStart(int points) implements Attack {
  private static final int AT_ONCE = 10;

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, Norm.L2::length, e -> new Noise(e, seeds.example(e.row)));
  }

  private final class Noise implements Walk {
    private final Example e;
    private final Rng rng;
    private int tried;

    Noise(Example e, Rng rng) {
      this.e = e;
      this.rng = rng.at("noise");
    }

    @Override
    public List<Question> ask() {
      List<Question> questions = new ArrayList<>();
      while (!e.isFound() && tried < points && questions.size() < AT_ONCE) {
        questions.add(Question.scores(drawn(tried++)));
      }
      return questions;
    }

    private float[] drawn(int number) {
      Rng one = rng.at(number);
      boolean open = !e.box.isClosed();
      double sigma = Math.pow(10, (double) number / points);
      float[] point = new float[e.origin.length];
      for (int i = 0; i < point.length; i++) {
        point[i] = open ? e.clip((float) (e.origin[i] + sigma * one.gaussian(i))) : one.uniform(i);
      }
      return point;
    }

    @Override
    public void hear(List<Reply> replies) {
      // what was found is noted
    }
  }
}
