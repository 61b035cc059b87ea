package dev.bagel.tensor.kernel;

/**
 * A loop bound to its arrays: prepared once, run any number of times, without allocating.
 *
 * <p>A kernel gives the same bits in every run over the same numbers, for any number of threads: it
 * cuts its work by size, never by thread count, and each output element is written by one task. One
 * kernel must not run twice at the same time.
 */
@FunctionalInterface
public interface Kernel {
  void run();
}
