package dev.bagel.bench.duel;

/** One side of a duel: work that can be done again and again. */
@FunctionalInterface
public interface Contestant {
  void run();

  /**
   * Work that needs something made anew before each run, which is not timed: the forward pass
   * before a backward pass.
   */
  interface Staged extends Contestant {
    void prepare();

    /** Clears away what the run left, untimed too. */
    void tidy();
  }
}
