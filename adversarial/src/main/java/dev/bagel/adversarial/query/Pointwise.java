package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * Puts elements of a starting point back to those of the input, one after the other in random
 * order, as long as the goal stays reached; in ℓ2, those that cannot go all the way then go back as
 * far as they can, by halves. Schott et al. 2019, §4 ("Pointwise attack").
 *
 * @param norm ℓ0, or ℓ2 with the halving
 * @param start where it begins
 * @param halvings how often an element's way is halved
 */
public record Pointwise(Norm norm, DecisionAttack start, int halvings, long queries)
    implements MinimalAttack, DecisionAttack {
  public Pointwise {
    Ledger.checked(queries);
    if (norm != Norm.L0 && norm != Norm.L2) {
      throw new AttackException("the pointwise attack is for ℓ0 and ℓ2, not for " + norm.label());
    }
  }

  /** From salt and pepper, channels apart; ten halvings. */
  public static Pointwise in(Norm norm) {
    DecisionAttack start = SaltAndPepper.noise();
    return new Pointwise(norm, start, 10, Oracle.UNLIMITED);
  }

  public Pointwise start(DecisionAttack start) {
    return new Pointwise(norm, start, halvings, queries);
  }

  public Pointwise queries(long queries) {
    return new Pointwise(norm, start, halvings, queries);
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    return new PutBack(this, new Hunt(norm, labels, x), seeds).found();
  }
}
