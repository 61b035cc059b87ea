package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * Walks along the boundary towards the input, from a point far away that reaches the goal: in every
 * step to the nearest point of the boundary as its gradient shows it, inside the box and a trust
 * region. Brendel et al. 2019, Algorithm 1; the step is a problem of its own, which is solved
 * exactly.
 *
 * <p>An example for which no start is found keeps its input, and the others go on.
 *
 * @param norm any
 * @param steps how many
 * @param overshoot how far beyond the boundary a step from the wrong side goes, relative to the way
 *     there
 * @param rate ρ: the trust region is r² = ρ · D, in units of the box
 * @param decay what ρ is multiplied by {@code decays} times in all
 * @param decays how often
 * @param momentum of the boundary's gradient
 * @param halvings steps of the bisection that leads from the start to the boundary
 * @param start the attack whose finds are where it begins
 */
public record BrendelBethge(
    Norm norm,
    int steps,
    double overshoot,
    double rate,
    double decay,
    int decays,
    double momentum,
    int halvings,
    Attack start)
    implements MinimalAttack {
  public BrendelBethge {
    Settings.atLeast("steps", steps, 1);
    Settings.atLeast("overshoot", overshoot, 1);
    Settings.positive("rate", rate);
    Settings.positive("decay", decay);
    Settings.atLeast("decays", decays, 1);
    Settings.atLeast("momentum", momentum, 0);
    Settings.atLeast("halvings", halvings, 0);
  }

  /**
   * 1000 steps, overshoot 1.1, ρ = 10⁻³ halved 20 times, 10 halvings: the settings of Foolbox, but
   * for two that measured worse here. There is no momentum (Foolbox: 0.8): it aims an exact step at
   * a boundary that is elsewhere. And it begins at what {@link Fmn} finds (Foolbox: at noise): a
   * walk along the boundary ends in the dent where it began, and from noise that is often a far
   * one.
   */
  public static BrendelBethge in(Norm norm) {
    return new BrendelBethge(norm, 1000, 1.1, 1e-3, 0.5, 20, 0, 10, Fmn.in(norm));
  }

  public BrendelBethge steps(int steps) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge overshoot(double overshoot) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge rate(double rate) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge decay(double decay, int decays) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge momentum(double momentum) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge halvings(int halvings) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  public BrendelBethge start(Attack start) {
    return new BrendelBethge(
        norm, steps, overshoot, rate, decay, decays, momentum, halvings, start);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Found found = start.on(f, x, goal, seeds);
    return Walks.from(
        found,
        f,
        x,
        goal,
        norm::length,
        e -> found.success()[e.row] ? new Along(e, e.toUnits(found.x())) : null);
  }

  private final class Along implements Walk {
    private final Example e;
    private final BoundaryStep boundary;
    private final DrawnIn approach;
    private float[] x;
    private float[] b;
    private double promised = Double.NEGATIVE_INFINITY; // the value, by the last step's gradient
    private int step;

    Along(Example e, float[] start) {
      this.e = e;
      boundary = new BoundaryStep(norm, e.origin.length);
      approach = new DrawnIn(e, norm, halvings, start);
      b = new float[e.origin.length];
    }

    @Override
    public List<Question> ask() {
      if (!approach.isOver()) {
        return approach.ask();
      }
      x = step == 0 ? approach.point() : x;
      return step == steps ? List.of() : List.of(Question.slope(Surrogate.margin(), x));
    }

    @Override
    public void hear(List<Reply> replies) {
      if (approach.isOver()) {
        walk(replies.get(0));
      } else {
        approach.hear(replies);
      }
    }

    /**
     * Where the boundary is bent towards x, every step falls short of what its gradient promised,
     * and all points would be on the wrong side by a little: the next step goes farther by that.
     */
    private void walk(Reply reply) {
      double weight = step == 0 ? 1 : 1 - momentum;
      b = Vectors.sum(Vectors.scaled(b, 1 - weight), weight, reply.gradient());
      double value = reply.value() - 2 * reply.rounding();
      double aim = Math.abs(value) * (overshoot - 1);
      double rise = aim - value + Math.max(0, promised - value);
      promised = aim;
      double shrinking = Math.pow(decay, Math.floorDiv(step * decays, steps));
      double radius = Math.sqrt(rate * shrinking * x.length);
      x = e.at(Vectors.sum(e.delta(x), 1, boundary.from(x, e, b, rise, radius)));
      step++;
    }
  }
}
