package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.adversarial.gradient.Augmentation;
import dev.bagel.adversarial.gradient.Eot;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * An ensemble of attacks without settings to tune, each on what the last one left: two forms of
 * {@link Apgd}, {@link Fab} and {@link Square}. What remains is the robust accuracy that the field
 * compares. Croce and Hein 2020, §5; settings as in the authors' code.
 *
 * @param members the attacks, in order
 */
public record AutoAttack(List<Member> members) implements BallAttack {
  private static final int PASSES = 20; // of which gradients are averaged in a randomised defence

  /**
   * One of the attacks.
   *
   * @param name what the authors call it
   */
  public record Member(String name, BallAttack attack) {
    /** Whether it asks for scores only. */
    public boolean isBlackBox() {
      return attack instanceof Square;
    }
  }

  public AutoAttack {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("an ensemble of no attacks: at least one");
    }
    for (Member m : members) {
      if (!m.attack.ball().equals(members.get(0).attack.ball())) {
        throw new IllegalArgumentException(m + ": all members need one ball");
      }
    }
  }

  /** APGD-CE, APGD-T, FAB-T, Square; in ℓ1 with 5 restarts of the first, and 5 targets. */
  public static AutoAttack standard(Ball ball) {
    check(ball);
    return new AutoAttack(
        List.of(
            new Member("apgd-ce", Apgd.in(ball).restarts(ball.norm() == Norm.L1 ? 5 : 1)),
            new Member("apgd-t", Apgd.targeted(ball)),
            new Member("fab-t", Fab.in(ball.norm()).within(ball.epsilon())),
            new Member("square", Square.in(ball))));
  }

  /** Six attacks, and five restarts of the untargeted ones that have gradients. */
  public static AutoAttack plus(Ball ball) {
    check(ball);
    Apgd dlr = Apgd.in(ball).surrogate(Surrogate.dlr());
    return new AutoAttack(
        List.of(
            new Member("apgd-ce", Apgd.in(ball).restarts(5)),
            new Member("apgd-dlr", dlr.restarts(5)),
            new Member("fab", Fab.untargeted(ball.norm()).restarts(5).within(ball.epsilon())),
            new Member("square", Square.in(ball)),
            new Member("apgd-t", Apgd.targeted(ball).targets(9)),
            new Member("fab-t", Fab.in(ball.norm()).within(ball.epsilon()))));
  }

  /**
   * For randomised defences: APGD on two surrogates, with gradients averaged over 20 passes. The
   * model has to draw anew in each of them: {@link dev.bagel.nn.Classifier#random}.
   */
  public static AutoAttack rand(Ball ball) {
    check(ball);
    Apgd averaged = Apgd.in(ball).gradient(Eot.of(Augmentation.none(), PASSES));
    return new AutoAttack(
        List.of(
            new Member("apgd-ce", averaged),
            new Member("apgd-dlr", averaged.surrogate(Surrogate.dlr()))));
  }

  private static void check(Ball ball) {
    if (ball.norm() == Norm.L0) {
      throw new AttackException("AutoAttack knows l1, l2 and linf: in l0 take Pgd");
    }
  }

  /** The margin instead of the DLR loss where there are too few classes for that. */
  public AutoAttack fitting(int classes) {
    List<Member> fitting = new ArrayList<>();
    for (Member m : members) {
      fitting.add(new Member(m.name, fitting(m.attack, classes)));
    }
    return new AutoAttack(fitting);
  }

  private static BallAttack fitting(BallAttack attack, int classes) {
    if (attack instanceof Repeated r) {
      return new Repeated(fitting(r.attack(), classes), r.n());
    }
    if (attack instanceof Apgd a && a.surrogate() instanceof Surrogate.Dlr) {
      return classes < (a.targets() > 0 ? 4 : 3) ? a.surrogate(Surrogate.margin()) : a;
    }
    return attack;
  }

  @Override
  public Ball ball() {
    return members.get(0).attack.ball();
  }

  @Override
  public AutoAttack within(double epsilon) {
    return new AutoAttack(
        members.stream().map(m -> new Member(m.name, m.attack.within(epsilon))).toList());
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Tensor scores = f.scores(x);
    Found found = new Found(x, goal.reached(scores), new Cost(0, seeds.size()));
    for (Member m : fitting(scores.shape().dim(1)).members) {
      found = found.then(m.attack, f, x, goal, seeds.at(m.name));
    }
    return found;
  }
}
