package dev.bagel.adversarial.query;

import dev.bagel.nn.Bounds;

/**
 * What an attack without gradients may ask of a model. The pair is closed, and an attack is handed
 * one of the two and nothing else: what it may know is its type.
 *
 * <p>Every question is asked on the account of one example, and counted there. One that its account
 * cannot pay for is not put to the model, and is answered as if the point were of no use: a search
 * that runs dry ends with what it has.
 */
public sealed interface Oracle permits Labels, Scores {
  /** A budget that is never spent. */
  long UNLIMITED = Long.MAX_VALUE;

  /** The range of valid inputs. */
  Bounds bounds();

  /** How many questions were put to the model on this example's account. */
  long asked(int example);

  /** How many more may be. */
  long left(int example);
}
