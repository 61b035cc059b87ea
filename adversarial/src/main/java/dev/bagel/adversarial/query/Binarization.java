package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * Brings what another attack found as near as a model allows that binarises its inputs: an element
 * on the input's side of the threshold goes back to the input, one on the other side to the
 * threshold itself. Where the model does not binarise there, the start is left as it was.
 *
 * @param start what is refined
 * @param threshold relative to the bounds, from 0 (the least valid input) to 1 (the greatest)
 * @param upper whether the threshold itself belongs to what is above
 */
public record Binarization(
    DecisionAttack start, double threshold, boolean upper, Norm norm, long queries)
    implements MinimalAttack, DecisionAttack {
  public Binarization {
    Ledger.checked(queries);
  }

  /** With the threshold in the middle, which belongs to what is above; in ℓ2. */
  public static Binarization of(DecisionAttack start) {
    return new Binarization(start, 0.5, true, Norm.L2, Oracle.UNLIMITED);
  }

  public Binarization start(DecisionAttack start) {
    return new Binarization(start, threshold, upper, norm, queries);
  }

  public Binarization threshold(double threshold) {
    return new Binarization(start, threshold, upper, norm, queries);
  }

  public Binarization upper(boolean upper) {
    return new Binarization(start, threshold, upper, norm, queries);
  }

  public Binarization norm(Norm norm) {
    return new Binarization(start, threshold, upper, norm, queries);
  }

  public Binarization queries(long queries) {
    return new Binarization(start, threshold, upper, norm, queries);
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(norm, labels, x);
    double width = Degradation.width(labels.bounds(), this);
    float at = (float) (labels.bounds().low() + threshold * width);
    float above = upper ? at : Math.nextUp(at);
    float below = upper ? Math.nextDown(at) : at;
    Points refined = hunt.points();
    for (int i : hunt.startedBy(start, seeds.at("start"))) {
      float[] p = hunt.nearest(i);
      for (int j = 0; j < p.length; j++) {
        float o = hunt.origin[i][j];
        boolean same = p[j] >= above == o >= above;
        p[j] = same ? o : p[j] >= above ? above : below;
      }
      refined.add(i, p);
    }
    hunt.reached(refined);
    return hunt.result();
  }
}
