package dev.bagel.adversarial.minimal;

import java.util.List;

/**
 * A minimal attack on one example, as it goes: it says where it wants to look, hears what the model
 * says there, and moves on. {@link Walks} asks for many examples at once.
 */
interface Walk {
  /** What to ask next; nothing if the walk is over. */
  List<Question> ask();

  /** The replies to what was asked, in the same order. */
  void hear(List<Reply> replies);

  /** Whether a point with this reply is what the attack looks for. */
  default boolean counts(Reply reply) {
    return reply.reached();
  }
}
