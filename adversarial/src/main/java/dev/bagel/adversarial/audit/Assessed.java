package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link Assessment} found: a figure, and the doubts about it.
 *
 * @param auto the ensemble, as it was run
 * @param audit the audit's settings
 * @param stages what each attack of the ensemble left
 * @param points accuracy under APGD over the radius, of the audited inputs
 * @param audited how many inputs the audit looked at, all of them classified correctly
 * @param findings reasons to doubt the figure; none is the best that can be said
 * @param fates the worst of every input
 * @param x the inputs, [N, …]
 * @param worst for every input the worst that was found, [1, …], or null
 */
public record Assessed(
    AutoAttack auto,
    Audit audit,
    List<Stage> stages,
    List<Point> points,
    int audited,
    List<Finding> findings,
    List<Fate> fates,
    Tensor x,
    Tensor[] worst) {
  /** Keeps copies. */
  public Assessed {
    stages = List.copyOf(stages);
    points = List.copyOf(points);
    findings = List.copyOf(findings);
    fates = List.copyOf(fates);
    worst = Arrays.copyOf(worst, worst.length);
  }

  /** The share of inputs that are right without an attack. */
  public double cleanAccuracy() {
    return share(fates.stream().filter(f -> f.clean() == f.label()).count());
  }

  /** The share of inputs that withstood everything. */
  public double robustAccuracy() {
    return share(fates.stream().filter(Fate::isRobust).count());
  }

  private double share(long count) {
    return (double) count / fates.size();
  }

  /** The worst input that was found for the i-th. */
  public Optional<Tensor> worst(int i) {
    return Optional.ofNullable(worst[i]);
  }
}
